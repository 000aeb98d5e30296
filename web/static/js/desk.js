/* <beside-desk>: one key for each thing that can be done, j and k to walk the queue. Off with one tap, and that is
   remembered: single keys get in the way of some people's voices and switches. */
customElements.define('beside-desk', class extends HTMLElement {
  connectedCallback() {
    const toggle = this.querySelector('[data-keys]');
    toggle.closest('label').hidden = false;
    try { toggle.checked = localStorage.deskKeys !== 'off'; } catch { toggle.checked = true; }
    toggle.onchange = () => { try { localStorage.deskKeys = toggle.checked ? 'on' : 'off'; } catch {} };
    this.press = e => { if (toggle.checked && !e.ctrlKey && !e.metaKey && !e.altKey && !e.repeat && !e.isComposing) this.key(e); };
    document.addEventListener('keydown', this.press);
  }
  disconnectedCallback() { document.removeEventListener('keydown', this.press); }
  key(e) {
    if (e.target.closest('input:not([type=checkbox]), textarea, select')) { if (e.key === 'Escape') e.target.blur(); return; }
    if (e.key === 'j' || e.key === 'k') return this.walk(e.key === 'j' ? 1 : -1);
    const found = /^[a-z]$/.test(e.key) && this.querySelector(`[data-key="${e.key}"]`);
    if (!found) return;
    e.preventDefault();
    if (found.localName === 'details') this.unfold(found);
    else if (found.localName === 'select') found.focus();
    else if (found.closest('details:not([open])')) this.unfold(found.closest('details'));
    else found.click();
  }
  unfold(details) {
    details.open = !details.open;
    (details.open && details.querySelector('select, input, textarea') || details.querySelector('summary')).focus();
  }
  walk(by) {
    const rows = [...this.querySelectorAll('[data-row]')], at = rows.findIndex(row => row.matches('[aria-current], :focus'));
    const here = rows.findIndex(row => row === document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, (here < 0 ? at : here) + by))]?.focus();
  }
});
