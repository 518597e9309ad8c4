// The provider's few pages: plain forms, no script.

const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const initials = (name) => name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('');

export const page = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}, demo sign-in</title>
<link rel="stylesheet" href="/demo/style.css">
</head>
<body>
<header><b>Demo sign-in</b><span>stands for your company’s single sign-on</span></header>
<main>
${body}
</main>
</body>
</html>
`;

export const signIn = ({ uid, client, people, email = '', problem = '' }) => page('Sign in', `
<h1>Sign in to ${escape(client)}</h1>
<p class="note">This is a demo: nobody needs a password. Choose who you want to be.</p>
<form method="post" action="/interaction/${escape(uid)}">
<ul role="list">
${people.map((person) => `<li><button name="email" value="${escape(person.email)}">
<span class="face" aria-hidden="true">${escape(initials(person.name))}</span>
<span class="who"><b>${escape(person.name)}</b> <span>${escape(person.role)}</span> <span>${escape(person.email)}</span></span>
</button></li>`).join('\n')}
</ul>
</form>
<form method="post" action="/interaction/${escape(uid)}" class="other" novalidate>
<label for="email">Somebody else, by e-mail address</label>
<div class="row">
<input id="email" name="email" type="email" autocomplete="email" required value="${escape(email)}"${problem ? ' aria-invalid="true" aria-describedby="problem"' : ''}>
<button class="main">Continue</button>
</div>
${problem ? `<p id="problem" class="bad" role="alert">${escape(problem)}</p>` : ''}
</form>
<form method="post" action="/interaction/${escape(uid)}/cancel"><button class="bare">Cancel and go back</button></form>`);

export const signOut = (form, who) => page('Sign out', `
<h1>Sign out${who ? ` of ${escape(who)}` : ''}?</h1>
<p>You leave the single sign-on too, and with it everything that you opened through it.</p>
${form}
<div class="row">
<button class="main" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button>
</div>`);

export const signedOut = () => page('Signed out', '<h1>You are signed out</h1><p>You may close this page.</p>');

export const problem = ({ error, error_description: text }) => page('Sign-in did not work', `
<h1>Sign-in did not work</h1>
<p>${escape(text ?? 'The provider could not read this request.')}</p>
<p class="soft">Code: <code>${escape(error)}</code>. Next: go back to where you came from and begin again.</p>`);

export const style = `:root{color-scheme:light dark;
--paper:light-dark(#f2f6f8,#0b1014);--surface:light-dark(#fdfeff,#12191e);--hover:light-dark(#ebf0f3,#1b232a);
--line:light-dark(#dae1e4,#293238);--edge:light-dark(#7b8891,#6c7a82);--ink:light-dark(#14212c,#e7ecee);
--soft:light-dark(#4f5b65,#a3acb2);--accent:light-dark(#0f5d85,#78caee);--on:light-dark(#fff,#0a151c);--bad:light-dark(#a7281e,#fb988d)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:400 .9375rem/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
header{display:flex;flex-wrap:wrap;gap:0 .75rem;justify-content:center;padding:1rem;color:var(--soft)}
header b{color:var(--ink)}
main{display:grid;gap:1.25rem;width:min(30rem,100% - 2rem);margin:clamp(0rem,4vh,3rem) auto 3rem;padding:clamp(1.25rem,5vw,2rem);
background:var(--surface);border-radius:12px;box-shadow:0 1px 3px #1c324026,0 0 0 1px var(--line)}
h1{margin:0;font-size:1.375rem;line-height:1.3;text-wrap:balance;overflow-wrap:anywhere}
p,ul{margin:0;padding:0}
ul{display:grid;gap:.5rem;list-style:none}
button,input{font:inherit;color:inherit;min-height:2.5rem;border:1px solid var(--line);border-radius:8px;background:var(--surface);padding:.4rem .9rem}
button{cursor:pointer}
button:hover{background:var(--hover)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
li button{display:flex;gap:.9rem;align-items:center;width:100%;padding:.65rem .9rem;text-align:start}
.face{display:grid;place-content:center;flex:none;width:2.25rem;height:2.25rem;border-radius:50%;background:var(--hover);font-size:.8125rem;font-weight:600}
li button:hover .face{background:var(--line)}
.who{display:flex;flex-wrap:wrap;gap:0 .5rem;min-width:0}
.who>:last-child{flex-basis:100%;overflow-wrap:anywhere}
.who span,.soft,label{color:var(--soft)}
.note{padding:.6rem .9rem;border-radius:8px;background:var(--hover)}
.other{display:grid;gap:.4rem;padding-top:1.25rem;border-top:1px solid var(--line)}
.row{display:flex;flex-wrap:wrap;gap:.5rem}
.row input{flex:1 1 12rem;min-width:0;border-color:var(--edge)}
.main{background:var(--accent);color:var(--on);border-color:#0000;font-weight:560}
.main:hover{background:var(--accent);filter:brightness(1.1)}
.bare{border-color:#0000;background:none;color:var(--soft);padding-inline:0}
.bare:hover{background:none;color:var(--ink);text-decoration:underline}
.bad{color:var(--bad)}
form:empty{display:none}
`;
