/** What the documentation page looks like beside the package's own stylesheet: quieter, wider, dark too. */
export const docsTheme = `
:root { color-scheme: light; }
body { margin: 0; background: #faf9f7; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .opblock .opblock-summary-description,
.swagger-ui .btn, .swagger-ui label, .swagger-ui table thead tr th, .swagger-ui .opblock-description-wrapper p,
.swagger-ui .response-col_status, .swagger-ui .parameter__name {
  font-family: Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.swagger-ui .wrapper { max-width: 66rem; }
.swagger-ui .info { margin: 2.5rem 0 1.5rem; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0 0 1rem; }
.swagger-ui .opblock { border-radius: 0.5rem; box-shadow: none; }
.swagger-ui .opblock-tag { border-bottom-color: #e3e0d9; font-size: 1.2rem; }
`
