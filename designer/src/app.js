/* What every page has: fragments by htmx, theme, times, confirmation, search, keys, live counts. */
import "./app.css";
import { startMinis } from "./app/mini.js";
import "htmx.org";
import { startConfirming } from "./app/confirm.js";
import { startCounts } from "./app/counts.js";
import { startFragments } from "./app/fragments.js";
import { startKeys } from "./app/keys.js";
import { startPalette } from "./app/palette.js";
import { startTheme } from "./app/theme.js";
import { startTimes } from "./app/times.js";
import { startToasts } from "./app/toasts.js";
import { startTicks } from "./app/ticks.js";
import { startDrop } from "./app/drop.js";
import { startCopying } from "./app/copy.js";

startTheme();
startTimes();
startToasts();
startConfirming();
startPalette();
startKeys();
startTicks();
startDrop();
startFragments();
startCounts();
startMinis();
startCopying();
if (!document.querySelector("[data-late]")) document.documentElement.dataset.ready = "true";
