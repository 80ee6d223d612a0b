// Starts the API page: swagger-ui from our own files, with nothing fetched from elsewhere.

const target = document.getElementById("geo-api");

if (target && globalThis.SwaggerUIBundle) {
  globalThis.SwaggerUIBundle({
    url: target.dataset.openapiUrl,
    domNode: target,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
    queryConfigEnabled: false,
    persistAuthorization: false,
    supportedSubmitMethods: ["get"],
    presets: [globalThis.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
}
