// Monitors that put a fetch of their own in the place of the page's, as npm has them: each marks the requests that it sees.
import { datadogRum } from "@datadog/browser-rum";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { FetchInstrumentation } from "@opentelemetry/instrumentation-fetch";
import { WebTracerProvider } from "@opentelemetry/sdk-trace-web";
import * as Sentry from "@sentry/browser";
import { createAuth } from "hallpass";

const monitors = {
  "@sentry/browser"() {
    Sentry.init({
      dsn: "https://key@sentry.example/1",
      integrations: [Sentry.browserTracingIntegration()],
      tracesSampleRate: 1,
      // Nothing leaves the page.
      transport: () => ({ send: async () => ({}), flush: async () => true }),
    });
  },
  "@opentelemetry/instrumentation-fetch"() {
    new WebTracerProvider().register();
    registerInstrumentations({ instrumentations: [new FetchInstrumentation()] });
  },
  async "@datadog/browser-rum"() {
    datadogRum.init({
      applicationId: "00000000-0000-0000-0000-000000000000",
      clientToken: "pub0",
      site: "datadoghq.com",
      service: "app",
      proxy: `${location.origin}/intake`,
      sessionPersistence: ["memory"],
      sessionSampleRate: 100,
      traceSampleRate: 100,
      allowedTracingUrls: [{ match: location.origin, propagatorTypes: ["datadog"] }],
    });
    // It begins once it has a session, and then stands in the place of fetch.
    for (let frames = 0; !datadogRum.getInternalContext() && frames < 600; frames++) await new Promise(requestAnimationFrame);
  },
};

globalThis.app = { createAuth, monitors };
