// Reveals the copy buttons, which can do nothing without script, and makes them work.
for (const button of document.querySelectorAll("button[data-copy]")) {
	const field = document.getElementById(button.dataset.copy);
	if (!field || !navigator.clipboard) continue;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(field.value);
		button.dataset.done = "yes";
		setTimeout(() => delete button.dataset.done, 2000);
	});
}

// A field that was refused is found without looking for it.
document.getElementById("errors")?.focus();
