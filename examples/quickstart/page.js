// Sends each form as JSON to the auth endpoint that it names, and shows the answer.
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", String(other === tab));
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  });
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = Object.fromEntries(new FormData(form));
    if (form.elements.rememberMe) input.rememberMe = form.elements.rememberMe.checked;
    const button = form.querySelector("button");
    const problem = form.querySelector(".problem");
    button.disabled = true;
    problem.textContent = "";
    try {
      const res = await fetch("/api/auth" + form.dataset.path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      if (res.ok) return location.reload();
      const answer = await res.json().catch(() => ({}));
      problem.textContent = answer.message ?? "That did not work. Please try again.";
    } catch {
      problem.textContent = "The server cannot be reached.";
    } finally {
      button.disabled = false;
    }
  });
}
