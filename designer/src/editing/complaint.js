/* Fields that want a JSON object say at once when they hold something else. */

/** Check a field; mark it and say why not. Returns the words, empty when it is fine. */
export function complaint(field) {
  const words = whyNot(field.value);
  field.setAttribute("aria-invalid", String(Boolean(words)));
  document.getElementById(field.getAttribute("aria-describedby")).textContent = words;
  return words;
}

/** Why a text is no JSON object; empty when it is one, or nothing yet. */
export function whyNot(text) {
  if (!text.trim()) return "";
  let value;
  try {
    value = JSON.parse(text);
  } catch (reason) {
    return `This is not JSON yet: ${reason.message}.`;
  }
  return value && typeof value === "object" && !Array.isArray(value) ? "" : "The variables must be one object, such as {\"amount\": 240}.";
}
