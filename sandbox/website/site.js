/**
 * The two forms are ordinary HTML forms; this only tells them where the bot
 * listens, gives each page load its nonce, and fills in an example.
 */

const COUNTRIES = {
  AT: "Austria", AU: "Australia", BE: "Belgium", BR: "Brazil", CA: "Canada", CH: "Switzerland", CZ: "Czechia", DE: "Germany", DK: "Denmark", ES: "Spain", FI: "Finland", FR: "France",
  GB: "United Kingdom", IE: "Ireland", IN: "India", IT: "Italy", JP: "Japan", MX: "Mexico", NL: "Netherlands", NO: "Norway", PL: "Poland", PT: "Portugal", SE: "Sweden", SG: "Singapore", US: "United States",
};

/** Invented people of invented firms; numbers from the ranges that regulators keep free for stories. */
const EXAMPLES = [
  ["Jane", "O'Neill", "jane.oneill@acme-castings.example", "VP Operations", "Acme Castings", "+49 30 23125 014", "DE", "Europe/Berlin", "We lose margin on nearly every re-quote and nobody can tell me why. Can somebody call me today?"],
  ["Tomás", "Herrera", "therrera@valmora-pumps.example", "Chief Financial Officer", "Valmora Pumps", "+34 910 555 130", "ES", "Europe/Madrid", "Our distributors get three rebates on top of each other. How do you treat bonus agreements in the audit?"],
  ["Priya", "Raman", "priya.raman@northgate-valves.example", "Head of Pricing", "Northgate Valves", "+44 20 7946 0318", "GB", "Europe/London", "We raised list prices by 6 % in March and see 2 % in the pocket. I would like to see the rest."],
  ["Marcus", "Bell", "mbell@ironwood-fittings.example", "Director of Sales", "Ironwood Fittings", "+1 312 555 0147", "US", "America/Chicago", "Eleven reps, eleven discount habits. What would you need from our ERP?"],
  ["Ingrid", "Sørensen", "ingrid@havn-bearings.example", "Managing Director", "Havn Bearings", "+47 22 55 50 19", "NO", "Europe/Oslo", "A colleague at Northgate spoke well of you. Ten minutes on Thursday would be enough."],
  ["Chloé", "Lefèvre", "c.lefevre@atelier-lumen.example", "Responsable prix", "Atelier Lumen", "+33 1 99 00 54 21", "FR", "Europe/Paris", "Freight eats our small orders. Can the trial show which customers that concerns?"],
];
const NAMES = ["first_name", "last_name", "email", "title", "company", "phone", "country", "timezone", "message"];
const NO_FORM = "This website is not connected to a bot, so the form cannot be sent. Start the demo, or give the sandbox --form-url.";

const forms = [...document.querySelectorAll("form")];
let next = 0;

for (const select of document.querySelectorAll("select[name=country]")) {
  for (const [code, name] of Object.entries(COUNTRIES).sort(([, a], [, b]) => a.localeCompare(b))) select.append(new Option(name, code));
}

function freshen(form) {
  form.elements.nonce.value = crypto.randomUUID();
  form.elements.timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  form.elements.redirect.value = new URL("/site/thanks.html", location.href).href;
  form.querySelector("[type=submit]").disabled = false;
}

function fillIn(form) {
  const example = EXAMPLES[next % EXAMPLES.length];
  next += 1;
  NAMES.forEach((name, i) => {
    form.elements[name].value = example[i];
  });
  form.querySelector("[type=submit]").focus();
}

for (const form of forms) {
  freshen(form);
  form.querySelector(".example").addEventListener("click", () => fillIn(form));
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("action")) {
      // after this event, so that the button itself is still part of the form
      setTimeout(() => {
        form.querySelector("[type=submit]").disabled = true;
      });
      return;
    }
    event.preventDefault();
    form.querySelector(".problem").textContent = NO_FORM;
  });
}

// beside the workspace there is no need to go to it
if (window.top !== window) for (const node of document.querySelectorAll("[target=_top]")) node.remove();

// somebody who comes back with the browser's Back button sends something new
window.addEventListener("pageshow", (event) => event.persisted && forms.forEach(freshen));

async function connect() {
  try {
    const { website, team } = await (await fetch("/sandbox/workspace")).json();
    const company = website?.company || (team.name === "Sandbox" ? null : team.name);
    if (company) for (const node of document.querySelectorAll("[data-company]")) node.textContent = company;
    if (company) document.title = `${company}: ${document.title}`;
    if (website?.form_url) for (const form of forms) form.action = website.form_url;
  } catch {
    for (const form of forms) form.querySelector(".problem").textContent = "The sandbox does not answer. Load this page again once it runs.";
  }
  document.documentElement.dataset.ready = "true";
}

connect();
