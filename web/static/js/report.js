/* form[data-report]: with no line, what somebody wants to tell us waits in the outbox like everything else. */
document.querySelector('form[data-report]')?.addEventListener('submit', async e => {
  if (navigator.onLine || !self.Queue) return;            // the plain form does it
  e.preventDefault();
  const form = e.target, fields = [...new FormData(form)];
  await Queue.save([['id', crypto.randomUUID()], ...fields], { url: new URL(form.action).pathname }).catch(() => {});
  const told = Object.assign(document.createElement('p'), { className: 'notice ok', textContent: form.dataset.kept });
  told.role = 'status';
  form.replaceWith(told);
});
