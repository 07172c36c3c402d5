/* Keeps the look and the offline page; never a page with somebody's data. */
"use strict";
const CACHE = "nep-asset(nep.css)";
const KEPT = ["/mat-ket-noi", "asset(nep.css)", "asset(be-vietnam-pro.woff2)", "asset(favicon.svg)"];
addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((c) => c.addAll(KEPT)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(caches.keys().then((keys) => Promise.all(keys.filter((k) => k !== CACHE).map((k) => caches.delete(k))))));
addEventListener("fetch", (event) => {
    const request = event.request;
    if (request.method !== "GET") return;
    if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("/mat-ket-noi")));
    else if (new URL(request.url).pathname.startsWith("/assets/")) event.respondWith(caches.match(request).then((hit) => hit || fetch(request)));
});
