// The big screen: shows one board after another, asks a small address whether anything changed, and says so
// when the server cannot be reached. Everything on it comes from the server's own page.
const POLL_SECONDS = 2;
const LATE_SECONDS = 10;
const body = document.body;
const net = document.querySelector("[data-net]");
const words = document.querySelector("[data-net-words]");
const clock = document.querySelector("[data-net-time]");
let version = body.dataset.version;
let place = 0;
let paused = false;

const slides = () => [...document.querySelectorAll("[data-slide]")];

function show(wanted) {
  const all = slides();
  place = all.length ? wanted % all.length : 0;
  all.forEach((slide, index) => {
    slide.hidden = index !== place;
  });
}

const two = (number) => String(number).padStart(2, "0");

function noteTime(now) {
  clock.dateTime = now.toISOString();
  clock.textContent = `${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

function say(state) {
  const said = { fine: "数据时间", away: "⚠ 已断网，画面停在", out: "⚠ 登录已失效，请重新登录；画面停在" };
  words.textContent = said[state];
  net.dataset.net = state;
}

async function ask(address) {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), LATE_SECONDS * 1000);
  try {
    return await fetch(address, { cache: "no-cache", redirect: "manual", signal: waiting.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function renew() {
  const answer = await ask(location.href);
  if (!answer.ok) {
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("[data-slides]").replaceWith(page.querySelector("[data-slides]"));
  version = page.body.dataset.version;
  show(place);
  return true;
}

async function poll() {
  try {
    const answer = await ask(body.dataset.state + location.search);
    if (answer.ok) {
      const told = await answer.json();
      const current = told.version === version || (await renew());
      if (current) {
        say("fine");
        noteTime(new Date());
      }
    } else {
      // A session that ended answers with a redirect to the sign-in page, which is not followed.
      say(answer.type === "opaqueredirect" || answer.status === 403 ? "out" : "away");
    }
  } catch {
    say("away");
  }
  setTimeout(poll, POLL_SECONDS * 1000);
}

const pause = document.querySelector("[data-pause]");
pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "继续轮播" : "暂停轮播";
});

const full = document.querySelector("[data-full]");
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => {
  if (document.fullscreenElement) {
    document.exitFullscreen();
  } else {
    document.documentElement.requestFullscreen();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight" || event.key === "PageDown") {
    show(place + 1);
  } else if (event.key === "ArrowLeft" || event.key === "PageUp") {
    show(place + slides().length - 1);
  }
});

show(0);
setInterval(() => {
  if (!paused) {
    show(place + 1);
  }
}, Number(body.dataset.seconds) * 1000);
setTimeout(poll, POLL_SECONDS * 1000);
