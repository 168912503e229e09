// Where the site stands is read from the address of the page that is not there: all pages but the first are in report/.
"use strict";
{
  const [before, ...after] = location.pathname.split("/report/");
  const steps = document.getElementById("steps"), chapters = document.getElementById("chapters");
  if (after.length) {
    chapters.querySelectorAll("a").forEach((link) => { link.href = before + "/" + link.dataset.to; });
    chapters.hidden = false;
    steps.remove();
  } else {
    steps.querySelectorAll("a").forEach((link) => { link.textContent = link.href; });
  }
}
