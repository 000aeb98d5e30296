/* <beside-secret>: a passphrase field one may look at. Without this script it stays a plain hidden field.
   A button with data-use puts the offered words into the first one on the page, and shows them. */
customElements.define('beside-secret', class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input');
    this.button = this.querySelector('button');
    this.button.hidden = false;
    this.button.onclick = () => this.show(this.input.type === 'password');
    const use = this.closest('form').querySelector('[data-use]');
    if (use && this.hasAttribute('data-new')) {
      use.hidden = false;
      use.onclick = () => { this.input.value = use.dataset.use; this.show(true); this.input.focus(); };
    }
    /* Sent as a hidden field, or browsers would keep it among ordinary words typed before. */
    this.closest('form').addEventListener('submit', () => this.show(false));
  }
  show(on) {
    this.input.type = on ? 'text' : 'password';
    this.button.textContent = on ? this.dataset.hide : this.dataset.show;
    this.button.setAttribute('aria-pressed', on);
  }
});
