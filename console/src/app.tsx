/** Which page is shown for which address, and to whom. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { lazy, Suspense } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { CreatePage } from './aggregates/createPage.tsx';
import { kindOf, kinds } from './aggregates/kinds.ts';
import { ListPage } from './aggregates/listPage.tsx';
import { RowPage } from './aggregates/rowPage.tsx';
import { AuditPage } from './operate/auditPage.tsx';
import { JourneyPage } from './operate/journeyPage.tsx';
import { PipelinePage } from './operate/pipelinePage.tsx';
import { RecoveriesPage } from './operate/recoveriesPage.tsx';
import { TimeLinePage } from './operate/timeLinePage.tsx';
import { MyDataPage } from './own/myDataPage.tsx';
import { MyProfilePage } from './own/myProfilePage.tsx';
import { fromSegment } from './parts/address.ts';
import { Catch } from './parts/catch.tsx';
import { Loading, NotFound } from './parts/states.tsx';
import { type Console, ConsoleProvider, useSession } from './session/context.ts';
import { Shell } from './shell.tsx';
import { theme, variables } from './theme.ts';
import { Welcome } from './welcome.tsx';

const GraphiqlPage = lazy(() => import('./graphiql/index.tsx'));

export function App({ of }: { of: Console }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <ConsoleProvider value={of}>
        <Router hook={useHashLocation}>
          <Catch>
            <Notifications position="bottom-right" />
            <Switch>
              <Route path="/graphiql">
                <Suspense fallback={<Loading what="GraphiQL" />}>
                  <GraphiqlPage />
                </Suspense>
              </Route>
              <Route>
                <Shell>
                  <Pages />
                </Shell>
              </Route>
            </Switch>
          </Catch>
        </Router>
      </ConsoleProvider>
    </MantineProvider>
  );
}

function Pages() {
  const session = useSession();
  if (!session) return <Welcome />;
  // Another person starts with pages of their own: nothing of the one before stays on the screen.
  const person = `${session.application} ${session.sub}`;
  return session.application === 'admin' ? <AdminPages key={person} /> : <UserPages key={person} />;
}

function AdminPages() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/people" replace />
      </Route>
      {kinds.flatMap((kind) => [
        <Route key={`${kind.path} new`} path={`/${kind.path}/new`}>
          <CreatePage kind={kind} />
        </Route>,
        <Route key={`${kind.path} one`} path={`/${kind.path}/:id`}>
          {({ id }) => <RowPage key={id} kind={kind} id={fromSegment(id)} />}
        </Route>,
        <Route key={kind.path} path={`/${kind.path}`}>
          <ListPage key={kind.path} kind={kind} />
        </Route>,
      ])}
      <Route path="/timeline/:aggregate/:id">
        {({ aggregate, id }) =>
          kindOf(aggregate) ? (
            <TimeLinePage key={`${aggregate} ${id}`} kind={kindOf(aggregate)} id={fromSegment(id)} />
          ) : (
            <NotFound />
          )
        }
      </Route>
      <Route path="/pipeline">
        <PipelinePage />
      </Route>
      <Route path="/audit">
        <AuditPage />
      </Route>
      <Route path="/recoveries">
        <RecoveriesPage />
      </Route>
      <Route path="/commands/:id?/:actor?">
        {({ id = '', actor = '' }) => (
          <JourneyPage key={`${id} ${actor}`} commandId={fromSegment(id)} actor={fromSegment(actor)} />
        )}
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function UserPages() {
  return (
    <Switch>
      <Route path="/">
        <MyProfilePage />
      </Route>
      <Route path="/data">
        <MyDataPage />
      </Route>
      <Route>
        <NotFound forUsers />
      </Route>
    </Switch>
  );
}
