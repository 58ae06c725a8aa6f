// A request: the answers of the form become the text of a mail or of an issue. Without this script the page says what
// to write.
'use strict';
(() => {
  const form = document.getElementById('request');
  if (!form) return;
  const fields = document.getElementById('fields');
  const plain = document.getElementById('plain');
  const text = document.getElementById('text');
  form.hidden = false;
  // Disabled until now: a form must not wait for answers that nobody can give.
  if (fields) { fields.hidden = false; fields.disabled = false; }
  plain.hidden = true;

  // A line for each answer.
  const answers = () => [...form.querySelectorAll('[data-label]')]
    .map((field) => {
      const { yes, no } = form.dataset;
      const answer = field.type === 'checkbox' ? (field.checked ? yes : no) : field.value.trim();
      return answer && `${field.dataset.label}: ${answer}`;
    })
    .filter(Boolean).join('\n');

  form.addEventListener('submit', (event) => {
    if (text) { text.value = answers(); return; }
    event.preventDefault();
    const { mail, subject } = form.dataset;
    const body = answers().replace(/\n/g, '\r\n');
    location.href = `mailto:${mail}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
  });
})();
