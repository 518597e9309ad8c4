<?php

test( 'working: the page follows along without JavaScript until it is connected', function () {
	fresh();
	portal( '/_set', array( 'complete' => 'working' ) );
	$page = connect( 'anna' );
	says( '<meta http-equiv="refresh" content="1;', $page->body );
	says( 'Connecting', $page->text() );
	holds( ! str_contains( $page->body, 'toplevel_page_slipway-chat' ), 'a chat link too early' );
	portal( '/_set', array( 'pairing' => array( 'status' => 'connected' ) ) );
	// It comes once more by itself, since the menu was made before the portal answered.
	same( 302, person( 'anna' )->go( PAGE )->status );
	$page = person( 'anna' )->go( PAGE );
	holds( str_contains( $page->body, 'toplevel_page_slipway-chat' ), 'no chat link' );
	holds( ! str_contains( $page->body, 'http-equiv="refresh"' ), 'it still reloads' );
	says( 'Open the chat', $page->text() );
	same( array( 'connected', 1 ), array( record( 'anna' )['status'], count( passwords( 'anna' ) ) ) );
} );
test( 'working: the way to the sign-in of the chat can be pressed', function () {
	fresh();
	portal( '/_set', array( 'complete' => 'working' ) );
	connect( 'anna' );
	portal( '/_set', array( 'pairing' => array( 'status' => 'working', 'message' => 'Sign in to the chat <b>once</b> at http://127.0.0.2:8000/oauth/oidc/login. Slipway does the rest.' ) ) );
	$page = person( 'anna' )->go( PAGE );
	says( '<a href="http://127.0.0.2:8000/oauth/oidc/login" ', $page->body );
	says( 'target="_blank"', $page->body );
	says( 'Sign in to the chat once at http://127.0.0.2:8000/oauth/oidc/login. Slipway does the rest.', $page->text() );
	holds( ! str_contains( $page->body, '<b>once' ), 'words of the portal are markup' );
} );
test( 'working P16: a set-up that fails later takes the password away', function () {
	fresh();
	portal( '/_set', array( 'complete' => 'working' ) );
	connect( 'anna' );
	portal( '/_set', array( 'pairing' => array( 'status' => 'broken', 'message' => 'The chat does not know you.', 'next' => 'Sign in to the chat once.' ) ) );
	$page = person( 'anna' )->go( PAGE );
	says( 'The chat does not know you. Nothing was changed, and no credential was left behind. Sign in to the chat once.', $page->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
} );
test( 'working: cron settles what nobody looked at', function () {
	fresh();
	portal( '/_set', array( 'complete' => 'working' ) );
	connect( 'anna' );
	portal( '/_set', array( 'pairing' => array( 'status' => 'connected' ) ) );
	holds( false !== World::inside( 'return wp_next_scheduled( "slipway_connect_tick" );' ), 'nothing is planned' );
	World::inside( 'do_action( "slipway_connect_tick" ); return 1;' );
	same( 'connected', record( 'anna' )['status'] );
} );
test( 'renewal P11: the old credential goes only after the new one works', function () {
	fresh();
	connect( 'anna' );
	$old = record( 'anna' );
	foreach ( array( '502', '422' ) as $status ) {
		portal( '/_set', array( 'complete' => $status ) );
		says( 'Nothing was changed, and the old credential still works.', connect( 'anna' )->text() );
		same( array( array( World::$env['SLIPWAY_APP_ID'] . ' ' . $old['uuid'] ), $old ), array( passwords( 'anna' ), record( 'anna' ) ) );
	}
	portal( '/_set', array( 'complete' => 'working' ) );
	says( 'The old one keeps working until it has', connect( 'anna' )->text() );
	same( 2, count( passwords( 'anna' ) ) );
	says( 'toplevel_page_slipway-chat', person( 'anna' )->go( PAGE )->body );
	portal( '/_set', array( 'pairing' => array( 'status' => 'broken' ) ) );
	says( 'the old credential still works', person( 'anna' )->go( PAGE )->text() );
	same( array( World::$env['SLIPWAY_APP_ID'] . ' ' . $old['uuid'] ), passwords( 'anna' ) );
	same( $old, record( 'anna' ) );
	portal( '/_set', array( 'pairing' => array( 'status' => 'working' ) ) );
	connect( 'anna' );
	portal( '/_set', array( 'pairing' => array( 'status' => 'connected', 'password_uuid' => $old['uuid'] ) ) );
	says( 'the old credential still works', person( 'anna' )->go( PAGE )->text() );
	same( array( World::$env['SLIPWAY_APP_ID'] . ' ' . $old['uuid'] ), passwords( 'anna' ), 'a portal that went back' );
	portal( '/_set', array( 'complete' => 'connected', 'pairing' => array( 'status' => 'connected' ) ) );
	World::inside( 'delete_transient( "slipway_state_" . get_user_by( "login", "anna" )->ID ); return 1;' );
	connect( 'anna' );
	holds( record( 'anna' )['uuid'] !== $old['uuid'], 'nothing was renewed' );
	same( array( World::$env['SLIPWAY_APP_ID'] . ' ' . record( 'anna' )['uuid'] ), passwords( 'anna' ) );
} );
test( 'state: broken, safe mode and a silent portal are said as they are', function () {
	fresh();
	connect( 'anna' );
	$forget = static fn() => World::inside( 'delete_transient( "slipway_state_" . get_user_by( "login", "anna" )->ID ); return 1;' );
	$forget();
	portal( '/_set', array( 'pairing' => array( 'status' => 'broken', 'message' => 'The site refused the last draft.', 'next' => 'Press Connect.' ) ) );
	$page = person( 'anna' )->go( PAGE );
	says( 'Needs attention', $page->text() );
	says( 'The site refused the last draft.', $page->text() );
	holds( '' !== $page->nonce( 'slipway_connect' ), 'no way on' );
	$forget();
	portal( '/_set', array( 'pairing' => array( 'status' => 'safe_mode' ) ) );
	says( 'Safe mode', person( 'anna' )->go( PAGE )->text() );
	$forget();
	World::portal( false );
	$page = person( 'anna' )->go( PAGE );
	says( 'The portal does not answer', $page->text() );
	says( 'what was last known', $page->text() );
	World::portal( true );
	same( 1, count( passwords( 'anna' ) ), 'a silent portal ends nothing' );
	$forget();
	portal( '/_set', array( 'pairing' => array( 'status' => 'gone' ) ) );
	says( 'ended in Slipway', person( 'anna' )->go( PAGE )->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
} );
test( 'disconnect P10: both sides know', function () {
	fresh();
	connect( 'anna' );
	$pairing = record( 'anna' )['pairing'];
	says( 'Disconnected. The chat can no longer write', press( person( 'anna' ), 'slipway_disconnect' )->follow()->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
	same( array( 'pairing' => $pairing ), calls( '/connect/v1/disconnect' )[0]['body'] );
	same( array(), calls( '/connect/v1/notices' ), 'its own removal is no news' );
} );
test( 'disconnect P10: works while the portal is down, and the portal hears of it later', function () {
	fresh();
	connect( 'anna' );
	$pairing = record( 'anna' )['pairing'];
	$nonce   = person( 'anna' )->go( PAGE )->nonce( 'slipway_disconnect' );
	World::portal( false );
	$page = person( 'anna' )->go( '/wp-admin/admin-post.php', array( 'action' => 'slipway_disconnect', '_wpnonce' => $nonce ) )->follow();
	says( 'Disconnected here', $page->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
	World::portal( true );
	World::inside( 'delete_transient( "slipway_pause" ); return 1;' );
	person( 'erik' )->go( '/wp-admin/index.php' );
	same( array( 'pairing' => $pairing ), calls( '/connect/v1/disconnect' )[0]['body'] );
	same( array(), World::inside( 'return get_option( "slipway_connect_outbox" );' ) );
} );
test( 'revoke P10: a password removed in the profile is noticed here and there', function () {
	fresh();
	connect( 'anna' );
	$record = record( 'anna' );
	World::inside( '$u = get_user_by( "login", "anna" )->ID; WP_Application_Passwords::delete_application_password( $u, ' . var_export( $record['uuid'], true ) . ' ); return 1;' );
	same( array( 'event' => 'password_revoked', 'password_uuid' => $record['uuid'] ), array_slice( calls( '/connect/v1/notices' )[0]['body'], 0, 2 ) );
	$page = person( 'anna' )->go( PAGE );
	says( 'was removed from your profile', $page->text() );
	holds( ! str_contains( $page->body, 'toplevel_page_slipway-chat' ), 'still a chat link' );
	credential( 'anna', '22222222-2222-4222-8222-222222222222' );
	World::inside( 'WP_Application_Passwords::delete_all_application_passwords( get_user_by( "login", "anna" )->ID ); return 1;' );
	same( 1, count( calls( '/connect/v1/notices' ) ), 'other passwords are nobody’s business' );
} );
test( 'revoke P10: a disconnect in the portal leaves the page ready for a new one', function () {
	fresh();
	connect( 'anna' );
	$record     = record( 'anna' );
	$credential = array( 'anna', portal( '/_state' )['password'] );
	same( 200, call( $credential, 'DELETE', '/wp/v2/users/me/application-passwords/' . $record['uuid'] )->status );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
	same( array(), calls( '/connect/v1/notices' ), 'the portal knows what it did' );
	says( 'Not connected', person( 'anna' )->go( PAGE )->text() );
} );
test( 'revoke P10: a deleted person leaves no connection behind', function () {
	fresh();
	World::inside( 'return wp_insert_user( array( "user_login" => "gone", "user_pass" => "local gone 1", "user_email" => "gone@example.org", "role" => "author" ) );' );
	connect( 'gone' );
	$pairing = record( 'gone' )['pairing'];
	World::inside( 'wp_delete_user( get_user_by( "login", "gone" )->ID ); return 1;' );
	same( array( 'pairing' => $pairing ), calls( '/connect/v1/disconnect' )[0]['body'] );
} );
test( 'address P17: a site that calls itself otherwise is in safe mode and sends its secret nowhere', function () {
	fresh();
	connect( 'anna' );
	World::inside( 'update_option( "home", "http://copy.example" ); return 1;' );
	$page = person( 'anna' )->go( PAGE );
	World::inside( 'update_option( "home", getenv( "SLIPWAY_SITE_URL" ) ); return 1;' );
	says( 'Safe mode', $page->text() );
	says( 'it now calls itself http://copy.example', $page->text() );
	same( '', $page->nonce( 'slipway_connect' ) );
	same( "bad", World::inside( 'update_option( "home", "http://copy.example" ); $c = Slipway_Connect\Preflight::own_rest(); update_option( "home", getenv( "SLIPWAY_SITE_URL" ) ); return $c[0]["state"];' ) );
	$copy = World::inside( 'return Slipway_Connect\State::of( get_user_by( "login", "anna" )->ID )["name"];', array( 'SLIPWAY_TENANT_ID' => '0197f000-0000-7000-8000-000000000002' ) );
	same( 'safe_mode', $copy, 'a database of another tenant' );
} );
test( 'address P17: what people do on a copy does not end a connection of the original', function () {
	fresh();
	connect( 'anna' );
	$id = 'get_user_by( "login", "anna" )->ID';
	World::inside( 'update_option( "home", "http://copy.example" ); WP_Application_Passwords::delete_application_password( ' . $id . ', ' . var_export( record( 'anna' )['uuid'], true ) . ' ); Slipway_Connect\Disconnect::now( ' . $id . ' ); return 1;' );
	$left = World::inside( '$c = Slipway_Connect\Connection::of( ' . $id . ' ); update_option( "home", getenv( "SLIPWAY_SITE_URL" ) ); delete_option( "slipway_connect_outbox" ); return $c;' );
	same( null, $left, 'the copy itself holds nothing any more' );
	same( array( array(), array() ), array( calls( '/connect/v1/notices' ), calls( '/connect/v1/disconnect' ) ) );
} );
test( 'health: Site Health tells the same', function () {
	fresh();
	connect( 'adam' );
	$run = 'wp_set_current_user( get_user_by( "login", "adam" )->ID ); delete_transient( "slipway_preflight" ); $t = apply_filters( "site_status_tests", array( "direct" => array(), "async" => array() ) ); return array_map( fn( $x ) => call_user_func( $x["test"] )["status"], $t["direct"] );';
	same( array( 'slipway_passwords' => 'good', 'slipway_portal' => 'good', 'slipway_connection' => 'good', 'slipway_way_in' => 'good' ), World::inside( $run ) );
	World::portal( false );
	same( array( 'slipway_passwords' => 'good', 'slipway_portal' => 'recommended', 'slipway_connection' => 'good', 'slipway_way_in' => 'good' ), World::inside( $run ) );
	World::portal( true );
	says( 'Slipway', person( 'adam' )->go( '/wp-admin/site-health.php' )->text() );
} );
test( 'settings missing: the plugin rests, and says so once to those who can help', function () {
	fresh();
	World::inside( 'return 1;', array( 'SLIPWAY_APP_ID' => '' ) );
	$seen = World::inside( 'require_once ABSPATH . "wp-admin/includes/admin.php"; wp_set_current_user( get_user_by( "login", $GLOBALS["argv"][2] ?? "adam" )->ID ); set_current_screen( "dashboard" ); ob_start(); do_action( "admin_notices" ); $html = ob_get_clean(); return array( $html, has_action( "rest_api_init", array( "Slipway_Connect\\\\Site_Endpoints", "routes" ) ), has_action( "admin_menu", array( "Slipway_Connect\\\\Settings_Page", "menu" ) ) );', array( 'SLIPWAY_APP_ID' => '' ) );
	says( 'this site was started without <code>SLIPWAY_APP_ID</code>', $seen[0] );
	same( array( false, false ), array_slice( $seen, 1 ) );
} );
