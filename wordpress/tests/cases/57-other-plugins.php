<?php

/** Switches on a plugin of somebody else for as long as the work takes. */
function beside( $plugin, $work ) {
	$file = World::$dir . "/site/wp-content/mu-plugins/zz-$plugin.php";
	copy( __DIR__ . "/../beside/$plugin.php", $file );
	World::inside( 'delete_transient( "slipway_preflight" ); return 1;' );
	try {
		$work();
	} finally {
		unlink( $file );
		World::inside( 'delete_transient( "slipway_preflight" ); return 1;' );
	}
}
/** What the page Permalinks does. */
function permalinks( $structure ) {
	World::inside( 'global $wp_rewrite; $wp_rewrite->set_permalink_structure( ' . var_export( $structure, true ) . ' ); $wp_rewrite->flush_rules(); return 1;' );
}
/** What the portal, the probes and the chat ask of a site. */
function outside( $credential ) {
	$portal = ( new Browser() )->go( '/?rest_route=/slipway/v1/status', null, bearer() );
	$probe  = ( new Browser() )->go( '/?rest_route=/wp/v2/types/post' );
	$chat   = call( $credential, 'GET', '/?rest_route=/wp/v2/users/me/application-passwords/introspect' );
	return array( $portal->status, $probe->status, $chat->status );
}

test( 'beside plain permalinks: nothing of ours needs pretty ones', function () {
	fresh();
	permalinks( '' );
	try {
		same( 301, ( new Browser() )->go( '/wp-json/slipway/v1/status', null, bearer() )->status, 'what WordPress does with them' );
		same( array( 200, 200, 200 ), outside( credential( 'anna' ) ) );
		fresh();
		$page = person( 'anna' )->go( PAGE . '&check=1' );
		foreach ( array( 'rest', 'header', 'sign_in' ) as $check ) {
			says( "data-check=\"$check\" data-tone=\"ok\"", $page->body );
		}
		says( 'Connected. Ask', connect( 'anna' )->text() );
	} finally {
		permalinks( '/%postname%/' );
	}
} );
test( 'beside a plugin that closes REST: portal, probes and chat are let in, and nobody else', function () {
	foreach ( array( 'rest-closed', 'rest-closed-late' ) as $plugin ) {
		fresh();
		beside( $plugin, function () use ( $plugin ) {
			same( array( 200, 200, 200 ), outside( credential( 'anna' ) ), $plugin );
			fresh();
			$browser = new Browser();
			foreach ( array( '/wp/v2/posts', '/wp/v2/types', '/wp/v2/types/page', '/wp/v2/users', '/slipway/v10/status', '/' ) as $route ) {
				holds( in_array( $browser->go( "/?rest_route=$route" )->status, array( 401, 404 ), true ), "$route is open" );
			}
			same( 401, $browser->go( '/?rest_route=/wp/v2/types/post', '{}', array( 'Content-Type: application/json' ) )->status, 'by POST' );
			same( 401, $browser->go( '/?rest_route=/slipway/v1/status', null, bearer( 'x' ) )->status, 'without the secret' );
			same( 401, call( credential( 'adam', '11111111-1111-4111-8111-111111111111' ), 'GET', '/slipway/v1/status' )->status, 'with another credential' );
			fresh();
			says( 'Connected. Ask', connect( 'anna' )->text() );
		} );
	}
} );
test( 'beside a plugin that closes REST: "come back later" stays', function () {
	beside( 'rest-later', function () {
		same( array( 429, 429, 429 ), outside( credential( 'anna' ) ) );
	} );
} );
test( 'beside a plugin that signs in by Basic authentication: the chat is signed in by WordPress', function () {
	fresh();
	beside( 'basic-auth', function () {
		same( array( 200, 200, 200 ), outside( credential( 'anna' ) ) );
		fresh();
		same( 500, call( array( 'anna', 'wrong' ), 'GET', '/?rest_route=/wp/v2/users/me' )->status, 'what it does with a wrong one' );
		says( 'Connected. Ask', connect( 'anna' )->text() );
		$credential = array( 'anna', portal( '/_state' )['password'] );
		same( 201, call( $credential, 'POST', '/wp/v2/posts', array( 'title' => 'Soup', 'status' => 'draft' ) )->status );
	} );
} );
test( 'beside a password for the whole site: the page says so before anybody connects', function () {
	fresh();
	beside( 'gate', function () {
		$gate = array( 'Authorization: Basic ' . base64_encode( 'visitor:open sesame' ) );
		same( 401, ( new Browser() )->go( '/' )->status );
		$page = ( new Browser() );
		foreach ( array( null, array( 'log' => 'anna', 'pwd' => 'local anna 1', 'testcookie' => '1' ) ) as $form ) {
			$page->go( '/wp-login.php', $form, $gate );
		}
		$page->go( PAGE . '&check=1', null, $gate );
		says( 'Something asks for a password or forbids the request before WordPress answers (401)', $page->text() );
		says( 'Check again', $page->text() );
		same( '', $page->nonce( 'slipway_connect' ), 'it cannot work, so it is not offered' );
		$health = World::inside( '$_SERVER["PHP_AUTH_USER"] = "visitor"; $_SERVER["PHP_AUTH_PW"] = "open sesame"; return Slipway_Connect\Site_Health::portal();' );
		same( 'recommended', $health['status'] );
		says( 'before WordPress answers (401)', $health['description'] );
	} );
	same( array(), passwords( 'anna' ), 'what was tried with is gone' );
} );
test( 'beside a plugin that forbids the chat to sign in: the page says so before anybody connects', function () {
	fresh();
	beside( 'no-basic', function () {
		$page = person( 'anna' )->go( PAGE . '&check=1' );
		says( 'data-check="sign_in" data-tone="bad"', $page->body );
		says( 'The REST API refused (401): “You are not currently logged in.” A plugin closes it. In its settings allow application passwords', $page->text() );
		same( array(), passwords( 'anna' ) );
	} );
} );
test( 'beside a hidden login page: SSO goes its way, and nobody learns the hidden address', function () {
	fresh();
	beside( 'hidden-login', function () {
		same( 404, ( new Browser() )->go( '/wp-login.php' )->status );
		says( 'log in', strtolower( ( new Browser() )->go( '/side-door/' )->text() ) );
		says( 'wp-login.php?action=slipway', ( new Browser() )->go( '/side-door/' )->body );
		says( 'Dashboard', sso( array( 'subject' => 's-hidden', 'email' => 'hidden@example.org' ) )->text() );
		$lost = ( new Browser() )->go( '/wp-login.php?action=slipway_callback&state=' . str_repeat( 'a', 43 ) );
		same( array( 403, '' ), array( $lost->status, $lost->location ) );
		says( 'was already used', $lost->text() );
		holds( ! str_contains( $lost->body . $lost->headers, 'side-door' ), 'the hidden address is told' );
	} );
} );
test( 'waits: a connection that takes too long says so, offers a way on, and ends by itself', function () {
	fresh();
	$age = static fn( $seconds ) => World::inside( '$u = get_user_by( "login", "anna" )->ID; $r = get_user_meta( $u, "slipway_connect", true ); $r["at"] = time() - ' . $seconds . '; update_user_meta( $u, "slipway_connect", $r ); return 1;' );
	portal( '/_set', array( 'complete' => 'working', 'pairing' => array( 'message' => 'The site is not well now (500).' ) ) );
	connect( 'anna' );
	$page = person( 'anna' )->go( PAGE );
	says( 'Connecting', $page->text() );
	says( 'http-equiv="refresh" content="1;', $page->body );
	$age( 200 );
	$page = person( 'anna' )->go( PAGE );
	foreach ( array( 'Still connecting', 'The site is not well now (500).', 'press Connect to start again' ) as $words ) {
		says( $words, $page->text() );
	}
	says( 'http-equiv="refresh" content="30;', $page->body );
	holds( '' !== $page->nonce( 'slipway_connect' ) && '' !== $page->nonce( 'slipway_disconnect' ), 'no way on' );
	same( 'recommended', World::inside( 'wp_set_current_user( get_user_by( "login", "anna" )->ID ); return Slipway_Connect\Site_Health::connection()["status"];' ) );
	$pairing = record( 'anna' )['pairing'];
	$age( 90000 );
	$page = person( 'anna' )->go( PAGE );
	says( 'Nothing was changed, and no credential was left behind. Press Connect to start again.', $page->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
	person( 'anna' )->go( PAGE );
	same( $pairing, calls( '/connect/v1/disconnect' )[0]['body']['pairing'], 'the portal goes on trying' );
	portal( '/_set', array( 'complete' => 'connected', 'pairing' => array() ) );
	says( 'Connected. Ask', connect( 'anna' )->text() );
} );
