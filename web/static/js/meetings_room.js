/* <beside-room>: in a meeting, what others say appears by itself above what is there, and the box for one's own
   words is not touched. What cannot be fetched right now waits behind the link, as in a group. */
customElements.define('beside-room', class extends customElements.get('beside-live') {
  show() { this.soon ??= setTimeout(() => this.bring(), 200 + Math.random() * 300); }   // not all phones at once
  async bring() {
    const asked = [...this.new], reply = await fetch(this.dataset.page, { headers: { Accept: 'text/html' }, redirect: 'error', signal: AbortSignal.timeout(10000) }).catch(() => null);
    const page = reply?.ok && new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById('said');
    this.soon = null;
    if (!page) return super.show();
    const there = document.getElementById('said'), posts = [...page.querySelectorAll('article')], fresh = posts.filter(post => !document.getElementById(post.id));
    if (fresh.length === posts.length) there.replaceChildren(...page.childNodes);   // more may have been said than fits on a page
    else there.prepend(...fresh);
    for (const id of asked) this.new.delete(id);
    this.hidden = true;
    if (this.new.size) this.show();
  }
});
