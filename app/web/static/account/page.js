// Signing in, and taking an invitation whose token stands behind `#`, where no server and no log sees it.
const SHOWN = 'accessToken refreshToken errors { message path }';
const SIGN_IN = `mutation ($input: SignInInput!) { done: signIn(input: $input) { ${SHOWN} } }`;
const ACCEPT = `mutation ($input: AcceptInvitationInput!) { done: acceptInvitation(input: $input) { ${SHOWN} } }`;

const NO_EDITOR = 'Your password works. GraphiQL is switched off here; pages that use the API sign you in by themselves.';

const invitation = location.pathname === '/welcome' ? location.hash.slice(1) : '';
const form = document.getElementById('form');
const failure = document.getElementById('failure');

if (invitation) {
  history.replaceState(null, '', location.pathname);
  document.getElementById('title').textContent = 'Welcome to Model Hub';
  form.querySelector('button').textContent = 'Begin';
  form.elements.password.autocomplete = 'new-password';
  for (const part of document.querySelectorAll('.new')) part.hidden = false;
}

async function ask(query, input) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) });
  const answer = await response.json();
  const errors = answer.errors ?? answer.data?.done?.errors ?? [];
  if (errors.length) throw new Error(errors.map((error) => error.message).join(' '));
  return answer.data.done;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  failure.textContent = '';
  const { name, email, password } = Object.fromEntries(new FormData(form));
  try {
    const { accessToken, refreshToken } = invitation
      ? await ask(ACCEPT, { token: invitation, name, email, password })
      : await ask(SIGN_IN, { email, password });
    const editor = await fetch('/graphql', { headers: { accept: 'text/html' } });
    if (editor.ok) location.assign(`/graphql#token=${accessToken}&refresh=${refreshToken}`);
    else form.replaceChildren(NO_EDITOR);
  } catch (error) {
    failure.textContent = error.message;
  }
});

// Pasting another link into the open page changes only the fragment, which loads nothing by itself.
addEventListener('hashchange', () => location.reload());
