// Photos before they are sent: seen at once, made smaller in the browser, one by one out again.
// <form data-photos-url> sends each of them as soon as it is chosen; the form then only names them. Without that address,
// or where it cannot be reached, they go with the form. Without this file the plain pickers do.
import { ask } from './asking.js';

const LONGEST = 2560;
const QUALITY = 0.85;
const english = document.documentElement.lang === 'en';
const say = (zh, en) => (english ? en : zh);

// What a camera makes is far larger than anybody looks at: on a stairwell's network that is the whole difference.
const shrink = async (file) => {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1_500_000) return file;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    if (!small || small.size >= file.size) return file;
    return new File([small], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' });
  } catch { return file; } // the server says what is wrong with it
};

const AGAIN = [2000, 4000, 8000, 16000]; // milliseconds until a file that met a busy server is sent again

const send = async (url, token, file, progress) => {
  for (const pause of [...AGAIN, 0]) {
    const { status, answer } = await sendOnce(url, token, file, progress);
    if (status !== 503 || !pause) return answer;
    progress.setAttribute('aria-label', say('服务器正忙，马上再试', 'The server is busy; trying again soon'));
    progress.title = progress.getAttribute('aria-label');
    await new Promise((done) => setTimeout(done, pause));
  }
  return {};
};

const sendOnce = (url, token, file, progress) => new Promise((done) => {
  const request = new XMLHttpRequest();
  const sent = new FormData();
  sent.append('file', file, file.name);
  request.open('POST', url);
  request.setRequestHeader('X-CSRFToken', token);
  request.responseType = 'json';
  request.upload.onprogress = (event) => { if (event.lengthComputable) progress.value = event.loaded / event.total; };
  request.onload = () => done({ status: request.status, answer: request.response ?? {} });
  request.onerror = () => done({ status: 0, answer: {} });
  request.send(sent);
});

const tile = (list, name, file) => {
  const item = document.createElement('li');
  if (file.type.startsWith('image/')) {
    const picture = document.createElement('img');
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    item.append(picture);
  } else {
    const words = document.createElement('span');
    words.textContent = file.name;
    item.append(words);
  }
  item.append(dropper(file.name));
  list.append(item);
  return item;
};

const dropper = (name) => {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'secondary outline small', textContent: say('去掉', 'Remove') });
  button.dataset.drop = '';
  button.setAttribute('aria-label', `${button.textContent} ${name}`);
  return button;
};

// What is too much is refused before it is sent: <… data-most="9" data-largest='{"video": 50}'> (files, megabytes).
const sortOf = (file) => (file.type.startsWith('video/') ? 'video' : file.type === 'application/pdf' ? 'paper' : 'photo');

const fitting = (place, files, there) => {
  const most = Number(place.dataset.most) || Infinity;
  const largest = JSON.parse(place.dataset.largest ?? '{}');
  const taken = [];
  const refused = [];
  for (const file of files) {
    const bound = sortOf(file) === 'photo' ? Infinity : (largest[sortOf(file)] ?? Infinity); // photos are made smaller first
    const size = Math.ceil(file.size / 1048576);
    if (size > bound) refused.push(say(`“${file.name}”有 ${size} MB，最大 ${bound} MB，没有添加。`, `“${file.name}” has ${size} MB; ${bound} MB is the most, so it was not added.`));
    else if (there + taken.length >= most) refused.push(say(`最多 ${most} 个文件，“${file.name}”没有添加。`, `At most ${most} files: “${file.name}” was not added.`));
    else taken.push(file);
  }
  const note = place.parentElement.querySelector('[data-refused]') ?? document.createElement('small');
  Object.assign(note, { className: 'field-error', textContent: refused.join(' ') });
  note.dataset.refused = '';
  note.setAttribute('role', 'alert');
  place.after(note);
  return taken;
};

const put = (input, files) => {
  const held = new DataTransfer();
  for (const file of files) held.items.add(file);
  input.files = held.files;
};

for (const input of document.querySelectorAll('input[type=file][data-most]')) {
  input.addEventListener('change', () => put(input, fitting(input, [...input.files], 0)));
}

for (const pickers of document.querySelectorAll('[data-photos]')) {
  const form = pickers.closest('form');
  const inputs = [...pickers.querySelectorAll('input[type=file]')];
  pickers.classList.add('scripted');
  const main = inputs.find((each) => each.id) ?? inputs[0];
  if (!form || !main) continue;
  const field = pickers.closest('.field') ?? pickers;
  let list = field.querySelector('[data-brought]');
  if (!list) {
    list = document.createElement('ul');
    list.className = 'photos brought';
    list.dataset.brought = '';
    pickers.before(list);
  }
  const url = form.dataset.photosUrl;
  const with_form = new Map(); // tiles whose files go with the form
  for (const each of list.querySelectorAll('[data-drop]')) each.hidden = false;

  const fill = () => put(main, with_form.values());

  const attach = async (item, file) => {
    const small = await shrink(file);
    if (!item.isConnected) return;
    if (!url) { with_form.set(item, small); fill(); return; }
    const progress = document.createElement('progress');
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute('aria-label', say('上传进度', 'How far it has been sent'));
    item.append(progress);
    const answer = await send(url, form.querySelector('[name=csrf_token]')?.value ?? '', small, progress);
    progress.remove();
    if (!item.isConnected) return;
    if (answer.id) {
      const named = document.createElement('input');
      Object.assign(named, { type: 'hidden', name: `${main.name}.kept`, value: answer.id });
      item.append(named);
    } else if (answer.error) {
      const said = document.createElement('small');
      said.className = 'field-error';
      said.textContent = answer.error;
      item.append(said);
    } else { with_form.set(item, small); fill(); } // no network just now: it goes with the form
    form.dispatchEvent(new Event('input', { bubbles: true }));
  };

  let working = Promise.resolve();
  const take = (files) => {
    if (!main.multiple) { list.replaceChildren(); with_form.clear(); }
    for (const file of fitting(pickers, main.multiple ? files : [...files].slice(0, 1), list.children.length)) {
      const item = tile(list, main.name, file);
      working = Promise.all([working, attach(item, file)]);
    }
    form.pending = working;
  };

  for (const input of inputs) {
    input.addEventListener('change', () => {
      const files = [...input.files];
      input.value = '';
      fill();
      take(files);
    });
  }
  // What this browser had sent before the page was closed, as phones do while a photo is taken.
  form.addEventListener('brought', async ({ detail: { name, id } }) => {
    const there = [...list.querySelectorAll('input')].some((each) => each.value === id);
    if (name !== `${main.name}.kept` || !form.dataset.photosKept || there || !/^\d+$/.test(id)) return;
    const place = `${url}/${id}`;
    try {
      const answer = await ask(place, { method: 'HEAD' });
      if (!answer.ok) return;
      const item = tile(list, main.name, { name: say('已添加的文件', 'An added file'), type: '' });
      if (answer.headers.get('Content-Type')?.startsWith('image/')) {
        item.querySelector('span').replaceWith(Object.assign(document.createElement('img'), { src: place, alt: '' }));
      }
      item.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value: id }));
    } catch { /* no network just now */ }
  });
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[data-drop]')?.closest('li');
    if (!item) return;
    with_form.delete(item);
    item.remove();
    fill();
    form.dispatchEvent(new Event('input', { bubbles: true })); // a draft forgets it too
    main.focus();
  });
}

// A form waits for the photos that are still on their way.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.pending || form.waited) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  submitter?.setAttribute('aria-busy', 'true');
  form.pending.then(() => setTimeout(() => { // not within this event: a form that is being sent cannot be sent again
    form.waited = true;
    submitter?.removeAttribute('aria-busy');
    form.requestSubmit(submitter);
    form.waited = false;
    form.pending = null;
  }));
}, true);
