/* Faster and kinder with script; nothing here is needed for a page to work. */
"use strict";
(() => {
    const each = (selector, fn) => document.querySelectorAll(selector).forEach(fn);

    /* A form is sent once; it can be sent again when the page comes back or the answer fails. */
    each("form", (form) => form.addEventListener("submit", (event) => {
        if (form.dataset.sent) { event.preventDefault(); return; }
        form.dataset.sent = "1";
        setTimeout(() => delete form.dataset.sent, 15000);
    }));
    addEventListener("pageshow", () => each("form", (form) => delete form.dataset.sent));

    /* Fields that depend on another one: data-show-if="name=value". */
    const conditional = [...document.querySelectorAll("[data-show-if]")];
    const valueOf = (form, name) => {
        const f = form.elements[name];
        return f instanceof RadioNodeList ? f.value : f && (f.type !== "checkbox" || f.checked) ? f.value : "";
    };
    const refresh = () => conditional.forEach((field) => {
        const [name, wanted] = field.dataset.showIf.split("=");
        const form = field.closest("form");
        const gate = form.elements[name];
        const gateField = (gate instanceof RadioNodeList ? gate[0] : gate)?.closest("[data-show-if]");
        field.hidden = valueOf(form, name) !== wanted || Boolean(gateField && gateField.hidden);
    });
    if (conditional.length) { refresh(); addEventListener("change", refresh); }

    /* Drafts: what is typed is kept on the server every few seconds. */
    each("form[data-draft]", (form) => {
        const note = form.querySelector(".saved");
        let timer = 0;
        const save = async () => {
            const data = new FormData(form);
            for (const [k, v] of [...data]) if (v instanceof File) data.delete(k);
            try {
                const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(data) });
                if (note && answer.ok) note.textContent = note.dataset.text + " " + new Date().toTimeString().slice(0, 5);
            } catch { /* offline: the next change tries again */ }
        };
        form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1500); });
    });

    /* Photographs of papers: a preview, and no more pixels than reading needs. */
    const shrink = async (file) => {
        if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 1500000) return file;
        const bitmap = await createImageBitmap(file);
        const scale = Math.min(1, 2400 / Math.max(bitmap.width, bitmap.height));
        const canvas = document.createElement("canvas");
        canvas.width = bitmap.width * scale;
        canvas.height = bitmap.height * scale;
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
        return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
    };
    each("input[type=file][data-photo]", (input) => input.addEventListener("change", async () => {
        const list = new DataTransfer();
        for (const file of input.files) list.items.add(await shrink(file).catch(() => file));
        input.files = list.files;
        let image = input.parentNode.querySelector(".photo-preview");
        if (!image) { image = document.createElement("img"); image.className = "photo-preview"; image.alt = ""; input.after(image); }
        const first = input.files[0];
        image.hidden = !first || !first.type.startsWith("image/");
        if (!image.hidden) image.src = URL.createObjectURL(first);
    }));

    /* The queue says that it has changed instead of changing under the hand. */
    const topic = document.body.dataset.events;
    const banner = document.querySelector("[data-refresh]");
    if (topic && banner && window.EventSource) new EventSource("/su-kien/" + topic).addEventListener("changed", () => { banner.hidden = false; });

    /* The queue by keyboard: j and k move, Enter opens. */
    const rows = [...document.querySelectorAll("table[data-keys] tbody tr")];
    let at = -1;
    if (rows.length) addEventListener("keydown", (event) => {
        if (event.target.closest("input, textarea, select, button, a") || event.ctrlKey || event.metaKey) return;
        if (event.key === "j" || event.key === "k") {
            rows[at]?.removeAttribute("aria-selected");
            at = Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)));
            rows[at].setAttribute("aria-selected", "true");
            rows[at].scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter" && at >= 0) rows[at].querySelector("a")?.click();
    });

    document.getElementById("error-summary")?.focus();
    if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js");
})();
