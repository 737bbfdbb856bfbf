import { render } from "preact";

const place = document.getElementById("page");
if (place) render(<h1>Cloud API or own hardware?</h1>, place);
