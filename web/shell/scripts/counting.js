// A text that gets too long is not cut off while it is typed or pasted: how many characters are left is said, and how
// many are too many. Without this file the browser stops at the limit; the server refuses what is longer.
const english = document.documentElement.lang === 'en';
const NEAR = 50;

const said = (left, longest) => {
  if (left >= 0) return english ? `${left} characters left` : `还能写 ${left} 个字`;
  return english ? `${-left} characters too many, ${longest} at most` : `多了 ${-left} 个字，最多 ${longest} 个`;
};

const count = (field) => {
  const longest = field.maxLength;
  field.removeAttribute('maxlength');
  const note = document.createElement('small');
  note.className = 'count';
  note.setAttribute('role', 'status');
  field.after(note);
  const show = () => {
    const left = longest - [...field.value.trim()].length;
    note.textContent = left <= Math.min(NEAR, longest / 5) ? said(left, longest) : '';
    note.classList.toggle('field-error', left < 0);
  };
  field.addEventListener('input', show);
  show();
};

for (const field of document.querySelectorAll('form[method=post] textarea[maxlength], .desk input[type=text][maxlength], [data-fields] input[type=text][maxlength]')) {
  if (!field.readOnly) count(field);
}
