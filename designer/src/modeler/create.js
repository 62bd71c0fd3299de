/* Put the modeller together: bpmn-js with everything this page offers. */
import addExporter from "@bpmn-io/add-exporter";
import ElementTemplateIcons from "@bpmn-io/element-template-icon-renderer";
import { ZeebeVariableResolverModule } from "@bpmn-io/variable-resolver";
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import linting from "bpmn-js-bpmnlint";
import colourPicker from "bpmn-js-color-picker";
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from "bpmn-js-create-append-anything";
import { CloudElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import nativeCopyPaste from "bpmn-js-native-copy-paste";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule, ZeebeTooltipProvider } from "bpmn-js-properties-panel";
import tokenSimulation from "bpmn-js-token-simulation";
import zeebeBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import grid from "diagram-js-grid";
import minimap from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { version } from "../../package.json";
import { lintConfig } from "./checks.js";
import { examplesModule } from "./examples.js";
import { completeFlows } from "./flows.js";
import { keeping } from "./keeping.js";
import { linksModule } from "./links.js";

// Colours are names of tokens: switching the theme repaints nothing.
export const COLOURS = { defaultFillColor: "var(--shape-fill)", defaultStrokeColor: "var(--shape-stroke)", defaultLabelColor: "var(--shape-label)" };
const TEXT = { defaultStyle: { fontFamily: "Arial, sans-serif" }, externalStyle: { fontFamily: "Arial, sans-serif" } };
// The simulation would paint everything white and black.
const ownColours = { neutralElementColors: ["value", {}] };

/** The modeller of a person who may edit. */
export function createModeler({ canvas, properties, templates, links, examples }) {
  const modeler = new Modeler({
    container: canvas,
    bpmnRenderer: COLOURS,
    textRenderer: TEXT,
    propertiesPanel: { parent: properties, tooltip: ZeebeTooltipProvider, layout: keptLayout() },
    elementTemplates: { loadTemplates: templates },
    exporter: { name: "Baton", version },
    linting: { active: true, bpmnlint: lintConfig() },
    moddleExtensions: { zeebe },
    additionalModules: [
      addExporter, BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule,
      CloudElementTemplatesPropertiesProviderModule, ElementTemplateIcons, zeebeBehaviors, ZeebeVariableResolverModule,
      CreateAppendAnythingModule, CreateAppendElementTemplatesModule, colourPicker, minimap, grid, linting,
      tokenSimulation, ownColours, nativeCopyPaste, linksModule(links), examplesModule(examples),
    ],
  });
  modeler.on("import.render.start", ({ definitions }) => completeFlows(definitions));
  keeping(modeler);
  keepLayout(modeler);
  withoutClipboard(modeler);
  return modeler;
}

/** The same drawing for a person who may only look. */
export function createViewer({ canvas }) {
  return new NavigatedViewer({ container: canvas, bpmnRenderer: COLOURS, textRenderer: TEXT, moddleExtensions: { zeebe } });
}

/** On plain http away from localhost there is no clipboard: copy inside this page then. */
function withoutClipboard(modeler) {
  const copyPaste = modeler.get("nativeCopyPaste", false);
  if (!navigator.clipboard) copyPaste?.toggle(false);
  modeler.on("native-copy-paste:error", () => { copyPaste?.toggle(false); });
}

function keptLayout() {
  return JSON.parse(localStorage.getItem("baton.properties") ?? "{}");
}

function keepLayout(modeler) {
  modeler.on("propertiesPanel.layoutChanged", ({ layout }) => {
    const { groups } = layout;
    localStorage.setItem("baton.properties", JSON.stringify({ groups }));
  });
}
