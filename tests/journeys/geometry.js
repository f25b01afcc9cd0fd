// What every page must be at every width: nothing sideways, nothing on top of something else,
// everything that is pressed large enough, and focus that can be seen. Returns complaints.
() => {
  const complaints = [];
  const root = document.documentElement;
  const named = (element) => {
    const words = (element.textContent || element.name || element.id).trim().slice(0, 30);
    return `<${element.tagName.toLowerCase()}> ${words}`;
  };
  const box = (element) => element.getBoundingClientRect();
  const isSeen = (element) => {
    const { width, height } = box(element);
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true })
      && !element.closest("[aria-hidden=true]");
  };
  if (root.scrollWidth > root.clientWidth) {
    complaints.push(`scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
  }

  const pressed = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, summary, textarea",
  )].filter(isSeen);
  const isInASentence = (element) => getComputedStyle(element).display === "inline"
    && element.parentElement.textContent.trim() !== element.textContent.trim();
  const target = (element) =>
    ["radio", "checkbox"].includes(element.type) && element.labels?.length
      ? box(element.labels[0]) : box(element);
  for (const element of pressed) {
    const { width, height, left, right } = target(element);
    if (!isInASentence(element) && (width < 24 || height < 24)) {
      complaints.push(`${named(element)} is ${Math.round(width)} x ${Math.round(height)}`);
    }
    if (left < -1 || right > root.clientWidth + 1) complaints.push(`${named(element)} sticks out`);
  }
  const isScrolledAway = (element) => {
    const around = element.parentElement?.closest("[tabindex]");
    if (!around) return false;
    return box(element).bottom < box(around).top || box(element).top > box(around).bottom;
  };
  const inPlace = pressed.filter((element) => !isScrolledAway(element));
  for (const [index, one] of inPlace.entries()) {
    for (const other of inPlace.slice(index + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const [a, b] = [box(one), box(other)];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) complaints.push(`${named(one)} lies on ${named(other)}`);
    }
  }
  for (const element of document.querySelectorAll("h1, h2, h3, p, li, label, button, a, strong")) {
    const isCut = ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    if (isSeen(element) && isCut && element.scrollWidth > element.clientWidth + 1) {
      complaints.push(`${named(element)} is cut off`);
    }
  }

  const looks = (element) => {
    const seen = [];
    for (let one = element, up = 0; one && up < 3; one = one.parentElement, up += 1) {
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
      seen.push([outlineStyle === "none" ? "" : outlineWidth, boxShadow, borderColor].join());
    }
    return seen.join();
  };
  const before = document.activeElement;
  before?.blur?.();
  for (const element of pressed.filter((one) => !one.disabled)) {
    const blurred = looks(element);
    element.focus({ preventScroll: true });
    if (document.activeElement === element && looks(element) === blurred) {
      complaints.push(`nobody sees the focus on ${named(element)}`);
    }
    element.blur();
  }
  before?.focus?.({ preventScroll: true });
  return complaints;
}
