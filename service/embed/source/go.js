document.querySelectorAll(".replydesk .thread").forEach(enhance);
count();
