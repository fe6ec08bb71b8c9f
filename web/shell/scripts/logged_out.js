// Somebody whose session ended is led to log in once, however many of the page's questions were under way: a second
// leaving would ask a second time whether to leave what was typed.
let leaving = false;
document.addEventListener('htmx:beforeOnLoad', (event) => {
  if (event.detail.xhr.status !== 401) return;
  if (leaving) event.preventDefault();
  leaving = true;
});
