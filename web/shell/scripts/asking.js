// Asking the server from a script, not by loading a page. The server is told so: where the session has ended it answers
// 401 and leaves the cookie alone, which by then may be that of the log-in page on the screen.
export const ask = (url, { headers, ...options } = {}) => fetch(url, { ...options, headers: { ...headers, 'HX-Request': 'true' } });
