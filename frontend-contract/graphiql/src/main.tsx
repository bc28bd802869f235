// Must come first: it tells Vite and Monaco where the editor's workers are.
import 'graphiql/setup-workers/vite';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import { fetcher } from './fetcher';
import './page.css';
import popularModels from './popular-models.graphql?raw';
import { storageWithoutHeaders } from './storage';
import { takeToken } from './token';

const HOW_TO_GET_A_TOKEN = `# Not signed in: "modelhub token --role admin" prints a token.
# Put it into the headers below as "Bearer <token>".

`;

const token = takeToken();

createRoot(document.getElementById('graphiql')!).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN]}
    storage={storageWithoutHeaders}
    shouldPersistHeaders={false}
    defaultEditorToolsVisibility="headers"
    defaultHeaders={JSON.stringify({ authorization: token ? `Bearer ${token}` : '' }, null, 2)}
    defaultQuery={token ? popularModels : HOW_TO_GET_A_TOKEN + popularModels}
  >
    <GraphiQL.Logo>Model Hub</GraphiQL.Logo>
  </GraphiQL>,
);
