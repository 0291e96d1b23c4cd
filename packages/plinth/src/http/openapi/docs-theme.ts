/** What the documentation page looks like beside its package's own stylesheet: quieter. */
export const docsStyles = `
:root { color-scheme: light dark; }
body { margin: 0; background: #faf9f7; }
html.dark-mode, html.dark-mode body { background: #141413; }
html.dark-mode .swagger-ui { background: none; }
.swagger-ui, .swagger-ui :is(.info .title, .opblock-tag, .opblock-summary-description, .btn, label, select,
  table thead tr th, .opblock-description-wrapper p, .response-col_status, .tab li, .opblock-section-header h4,
  .renderedMarkdown p, .opblock-summary-method, .model-title, h4, h5, section.models h4) {
  font-family: Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.swagger-ui .wrapper { max-width: 66rem; }
.swagger-ui .information-container { padding-top: 1.5rem; }
.swagger-ui .info { margin: 1rem 0 1.5rem; }
.swagger-ui .info hgroup.main a { font-size: 0.85rem; }
.swagger-ui .opblock { border-radius: 0.5rem; box-shadow: none; }
.swagger-ui .opblock .opblock-summary-method { border-radius: 0.35rem; text-shadow: none; }
/* White on these grounds is hard to read (WCAG 1.4.3). */
.swagger-ui .opblock .opblock-summary-method { color: #141413; }
html:not(.dark-mode) .swagger-ui .info .title small pre { color: #141413; }
html:not(.dark-mode) .swagger-ui .info a { color: #1c5d56; }
.swagger-ui .opblock-tag { border-bottom-color: rgb(128 128 128 / 25%); font-size: 1.2rem; }
.swagger-ui .opblock .opblock-section-header { box-shadow: none; }
.swagger-ui .renderedMarkdown code { color: inherit; font-weight: 600; background: rgb(128 128 128 / 12%); }
/* The session cookie and its CSRF token travel by themselves: there is nothing to fill in. */
.swagger-ui :is(.scheme-container, .authorization__btn) { display: none; }
/* Every problem has the shape that "default" shows. */
.swagger-ui tr.response:not([data-code^="2"], [data-code="default"]) :is(.response-controls, .model-example) { display: none; }
`

/** The page's package has a dark look, switched by a class that nobody would set. */
export const docsScript = `
const dark = matchMedia('(prefers-color-scheme: dark)')
const apply = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', apply)
apply()
`
