"use strict";
// A picture wider or higher than its box opens where the thing that the page is about stands.
for (const box of document.querySelectorAll(".picture")) {
  const subject = box.querySelector(".subject");
  if (!subject) continue;
  const frame = box.getBoundingClientRect(), at = subject.getBoundingClientRect();
  box.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
  box.scrollTop += at.top + at.height / 2 - frame.top - frame.height / 2;
}
