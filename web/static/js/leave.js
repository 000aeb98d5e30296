/* Leave: blank first, then somewhere neutral. Loaded before anything is drawn, so that Back shows nothing. */
(() => {
  const root = document.documentElement;
  const blank = () => { root.classList.add('left'); document.title = ' '; };
  const leave = () => {
    blank();
    try { sessionStorage.left = 1; } catch {}
    const door = document.getElementById('leave');
    const inside = !navigator.onLine || matchMedia('(display-mode: standalone)').matches || !door;
    location.replace(inside ? '/away' : door.href);       // an installed window cannot go elsewhere: show it an empty sheet
  };
  const came = performance.getEntriesByType('navigation')[0]?.type;
  const left = () => { try { return sessionStorage.left; } catch { return ''; } };
  if (left()) {
    if (came === 'back_forward') { blank(); addEventListener('DOMContentLoaded', leave); }
    else sessionStorage.removeItem('left');
  }
  /* A page put aside for Back is put aside blank, so that it can never flash up before it leaves again. */
  addEventListener('pagehide', e => { if (e.persisted) root.classList.add('left'); });
  addEventListener('pageshow', e => { if (e.persisted) left() ? leave() : root.classList.remove('left'); });
  addEventListener('click', e => { if (e.target.closest?.('#leave')) { e.preventDefault(); leave(); } });
  let shifts = [];
  addEventListener('keydown', e => {                      // Shift three times; not Esc, which stops a page loading
    if (e.key !== 'Shift' || e.repeat) { if (e.key !== 'Shift') shifts = []; return; }
    shifts = [...shifts.filter(t => t > e.timeStamp - 1500), e.timeStamp];
    if (shifts.length === 3) leave();
  });
})();
