/* The list of instances: let many of them go on under another version. */
import "./repair/repair.css";
import { startBulkMigration } from "./repair/bulk.js";

startBulkMigration();
