// The link to a complaint is copied with one tap.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
    button.textContent = button.dataset.copied;
  });
}

// What was sent need not be kept in this tab any more.
if (document.querySelector('[data-was-sent]')) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith('bihuan-draft resident')) sessionStorage.removeItem(name);
  } catch { /* private window */ }
}
