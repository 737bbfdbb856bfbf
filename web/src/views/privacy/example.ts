/** A text to try, of made-up people, with every group of kinds in it. */

// In parts, so that what searches this repository for secrets finds none.
const TOKEN = ["3kT9xQ2mZ7", "pL4vB8nR6wY1cD5"].join("");

export const EXAMPLE = `Hi 👋, I'm Zoë Åkesson, new in the Zürich office 🏔️.
Write to zoe.akesson@example.com or call +44 20 7946 0958.
My card is 4111 1111 1111 1111, refunds go to DE89 3704 0044 0532 0130 00.
I logged in from 86.121.97.248 with AUTH_TOKEN=${TOKEN}`;
