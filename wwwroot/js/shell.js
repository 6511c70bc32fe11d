// What must work before the first paint and without a connection: the theme, the reload buttons and the place on the page.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const system = () => (dark.matches ? 'dark' : 'light');
  // Storage may be forbidden; then the choice lasts as long as the page.
  let chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* follow the system */ }

  const apply = () => { document.documentElement.dataset.theme = chosen === 'dark' || chosen === 'light' ? chosen : system(); };

  const toggle = () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    // Back at what the system says: follow it again.
    chosen = next === system() ? null : next;
    try {
      if (chosen) localStorage.setItem('theme', chosen); else localStorage.removeItem('theme');
    } catch { /* lasts as long as the page */ }
    apply();
  };

  // Blazor scrolls to the top after every change of the address; here only another page begins at its top.
  const scrollTo = window.scrollTo.bind(window);
  let page = location.pathname;
  addEventListener('popstate', () => { page = location.pathname; });
  window.scrollTo = (...target) => {
    if (target[0] === 0 && target[1] === 0 && location.pathname === page) return;
    page = location.pathname;
    scrollTo(...target);
  };

  apply();
  // Blazor's enhanced navigation makes the page's attributes those of the server's answer, which knows no theme.
  new MutationObserver(() => { if (!document.documentElement.dataset.theme) apply(); })
    .observe(document.documentElement, { attributeFilter: ['data-theme'] });
  dark.addEventListener('change', apply);
  document.addEventListener('click', event => {
    if (event.target.closest('[data-theme-switch]')) toggle();
    if (event.target.closest('[data-reload]')) location.reload();
  });
})();
