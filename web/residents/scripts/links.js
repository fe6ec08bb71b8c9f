import '../../shared/scripts/copying.js';

// What was sent need not be kept in this tab any more.
if (document.querySelector('[data-was-sent]')) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith('bihuan-draft resident')) sessionStorage.removeItem(name);
  } catch { /* private window */ }
}
