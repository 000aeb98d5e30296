/* form[data-report]: safe on this phone before it is sent, like everything written here. With no network the
   form itself is the kept one, and goes to the address it stands at. */
(() => {
  const form = document.querySelector('form[data-report]'), box = document.querySelector('[data-kept]');
  const url = form && new URL(form.action).pathname;
  if (!self.isSecureContext || !self.Queue || Queue.uid === 'phone' || !/^\/report\/(person\/)?[0-9a-f-]{36}$/.test(url)) return;   // the plain form does it
  const id = crypto.randomUUID(), said = box.querySelector('[role=status]');   // a second tap is the same report
  if (url.startsWith('/report/person/')) form.elements.hide?.closest('label').remove();
  let begun = false, danger = false;
  const wait = () => {
    if (!form.isConnected) return;
    form.remove();
    box.hidden = false;
    box.querySelector('[data-danger]').hidden = !danger;
    box.focus();
  };
  addEventListener('outbox-told', async ({ detail: { sent = [], refused = [], why } }) => {
    if (!begun) return;
    const mine = sent.find(one => one.id === id), here = form.isConnected;
    if (mine) begun = false;
    if (mine?.gone) { form.remove(); box.hidden = true; }      // beside-queue says so
    else if (mine && here) location.assign(`/report/thanks${danger ? '?danger=1' : ''}`);
    else if (mine) said.textContent = said.dataset.sent;
    else if (refused.includes(id) && here) { begun = false; await Outbox.del(Queue.uid, id); form.submit(); }   // the server says why, beside the words
    else if (why && why !== 'full') wait();
  });
  form.addEventListener('submit', async e => {
    e.preventDefault();
    if (begun) return;
    begun = true;
    danger = form.elements.reason.value === 'danger';
    try {
      await Queue.save([['id', id], ...new FormData(form)], { url });
      setTimeout(() => begun && wait(), 4000);
    } catch { begun = false; }                             // said above the form, which still holds the words
  });
})();
