// Files can be dropped anywhere on the page, and what looks like a private key is not even sent. Without this script the form works as it is.
const form = document.querySelector('#inspect');
const problem = document.querySelector('#inspect-problem');
const privateKey = /BEGIN\s[A-Z0-9\s]{0,64}PRIVATE\s{1,8}KEY|PuTTY-User-Key-File/i;
const mostBytes = 1024 * 1024;

if (form) {
  document.documentElement.classList.add('can-drop');
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'])
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      form.classList.toggle('inspect--over', name === 'dragenter' || name === 'dragover');
      if (name === 'drop') take(event.dataTransfer.files);
    });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
}

function take(files) {
  form.elements.file.files = files;
  form.requestSubmit();
}

async function send() {
  const { file, text } = form.elements;
  const files = [...file.files];
  if (files.reduce((sum, { size }) => sum + size, 0) > mostBytes)
    return refuse('That is more than 1 MiB. No certificate or bundle is that large.');
  const texts = [text.value, ...(await Promise.all(files.map((each) => each.text())))];
  if (texts.some((each) => privateKey.test(each.replaceAll('\0', ''))))
    return refuse('That contains a private key, so it was not sent. It has to stay on the machine that uses it.');
  form.submit();
}

function refuse(why) {
  form.reset();
  problem.hidden = false;
  problem.textContent = why;
  problem.scrollIntoView({ block: 'nearest' });
}
