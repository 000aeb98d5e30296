/* <beside-room>: in a meeting, what others say appears by itself. What cannot be fetched right now waits behind the
   link, as in a group. */
customElements.define('beside-room', class extends customElements.get('beside-live') {
  show() { this.soon ??= setTimeout(() => { this.soon = null; this.bring(); }, 200 + Math.random() * 300); }   // not all phones at once
  missed(asked) { asked ? super.missed() : super.show(); }
});
