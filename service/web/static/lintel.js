// Makes the jump from a finding to its lines keep the finding in view. The pages work without it.
const pane = document.querySelector(".documents");

function show(line) {
  document.querySelectorAll(".ln.here").forEach((old) => old.classList.remove("here"));
  line.classList.add("here");
  if (pane && pane.scrollHeight > pane.clientHeight) {
    const offset = line.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollBy({ top: offset - pane.clientHeight / 3 });
  } else {
    line.scrollIntoView({ block: "center" });
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.to-line");
  const line = link && document.getElementById(link.hash.slice(1));
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
  show(line);
});
