/* The modeller's page. */
import Modeler from "bpmn-js/lib/Modeler.js";
window.BatonModeler = Modeler;
