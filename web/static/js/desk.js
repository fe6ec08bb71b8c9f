// Enter in the search for a household searches; it does not send the call that is still being written down.
document.getElementById('find')?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  event.target.dispatchEvent(new Event('search', { bubbles: true }));
});
