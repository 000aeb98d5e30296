/* form[data-story], one step at a time; Back on the phone goes a step back. Without this script it is one long form. */
(() => {
  const form = document.querySelector('form[data-story]'), steps = [...form?.querySelectorAll('.step') ?? []];
  if (!form) return;
  const last = steps.length - 1, nav = form.querySelector('[data-nav]'), [back, next] = nav.querySelectorAll('[data-go]');
  let at = 0;
  const show = (n, by) => {
    at = n;
    steps.forEach((step, i) => step.classList.toggle('here', i === n));
    form.querySelector('.intro')?.classList.toggle('past', n > 0);
    form.querySelector('[data-step]').textContent = form.dataset.progress.replace('#at', n + 1).replace('#all', steps.length);
    back.hidden = !n;
    next.hidden = n === last;
    if (by) { steps[n].querySelector('h2').focus({ preventScroll: true }); scrollTo(0, 0); }
  };
  next.onclick = () => { history.pushState({ step: at + 1 }, ''); show(at + 1, 1); };
  back.onclick = () => { if (history.state?.step === at) history.back(); else show(at - 1, 1); };
  addEventListener('popstate', e => { if (!e.state?.calm) show(Math.min(e.state?.step ?? 0, last), 1); });
  form.classList.add('stepping');
  nav.hidden = false;
  show(Math.max(0, steps.findIndex(step => step.querySelector('.problem')), Math.min(history.state?.step ?? +form.dataset.at, last)));
})();
