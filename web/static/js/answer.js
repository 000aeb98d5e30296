/* form[data-answer]: openers start the box, what is typed stays on this phone, and with no line it waits to be sent. */
(() => {
  const form = document.querySelector('form[data-answer]');
  if (!form) return;
  const area = form.elements.text, key = new URL(form.action).pathname;
  form.querySelectorAll('[data-opener]').forEach(b => {
    b.hidden = false;
    b.onclick = () => { area.value = b.textContent.replace(/…$/, ' ') + area.value; area.focus(); keep(); };
  });
  form.querySelectorAll('[data-opener-text]').forEach(s => { s.hidden = true; });
  let timer;
  const keep = () => Outbox.draft(Queue.uid, key, area.value ? [['text', area.value]] : null);
  area.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
  addEventListener('pagehide', () => { if (timer) keep(); });
  /* What was typed last time is there again, unless the server has just given the words back itself. */
  if (!area.value) Outbox.drafted(Queue.uid, key).then(fields => { if (fields && !area.value) area.value = fields[0][1]; });
  form.addEventListener('submit', async e => {
    if (!form.elements.id.value) form.elements.id.value = crypto.randomUUID();   // a second tap is the same answer
    if (navigator.onLine) { clearTimeout(timer); timer = 0; if (form.checkValidity()) Outbox.draft(Queue.uid, key, null); return; }
    e.preventDefault();
    if (!area.value.trim()) return;
    await Queue.save([...new FormData(form)], { url: new URL(form.action).pathname });
    Outbox.draft(Queue.uid, key, null);
    const told = Object.assign(document.createElement('p'), { className: 'notice ok', textContent: form.dataset.kept, role: 'status', tabIndex: -1 });
    form.replaceWith(told);
    told.focus();   // the box it stood in is gone
  });
})();
