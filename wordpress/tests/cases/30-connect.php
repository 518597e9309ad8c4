<?php

test( 'page: whoever writes sees what is true before anything is connected', function () {
	fresh();
	foreach ( array( 'anna', 'carl', 'adam' ) as $login ) {
		$page = person( $login )->go( PAGE );
		same( 200, $page->status, $login );
		says( 'Not connected', $page->text() );
		foreach ( array( 'portal', 'clock', 'rest', 'header', 'passwords' ) as $check ) {
			says( "data-check=\"$check\" data-tone=\"ok\"", $page->body );
		}
		same( 'adam' === $login, str_contains( $page->text(), 'People with a connection' ), "what $login sees of the site" );
		holds( ! str_contains( $page->body, 'toplevel_page_slipway-chat' ), 'a chat link without a connection' );
	}
	same( 403, person( 'sue' )->go( PAGE )->status, 'a subscriber has nothing to connect' );
} );
test( 'connect: the way there and back makes one connection', function () {
	fresh();
	$page = connect( 'anna' );
	says( 'Connected. Ask in the chat for a draft', $page->text() );
	says( 'answered in 84 ms', $page->text() );
	says( '<dd>Anna</dd>', $page->body );
	$record = record( 'anna' );
	same( array( 'status', 'pairing', 'uuid', 'chat_url', 'at', 'tenant', 'before' ), array_keys( $record ) );
	same( array( 'connected', World::$chat ), array( $record['status'], $record['chat_url'] ) );
	same( array( World::$env['SLIPWAY_APP_ID'] . ' ' . $record['uuid'] ), passwords( 'anna' ) );
	$intent = calls( '/connect/v1/intents' )[0]['body'];
	same( array( 'anna', 'anna@example.org', 'Anna', World::$site_url, 'S256', array( 'plugin', 'wordpress', 'php' ) ), array( $intent['wp_login'] . $intent['wp_subject'], $intent['wp_email'], $intent['wp_name'], $intent['site_url'], $intent['code_challenge_method'], array_keys( $intent['versions'] ) ) );
	$complete = calls( '/connect/v1/complete' )[0]['body'];
	same( array( 'code', 'code_verifier', 'password', 'password_uuid', 'wp_user_id', 'wp_login', 'wp_subject', 'rest_url', 'mcp_url' ), array_keys( $complete ) );
	same( array( World::$site_url . '/wp-json/', $intent['wp_user_id'], '' ), array( $complete['rest_url'], $complete['wp_user_id'], $complete['wp_subject'] ) );
	says( 'Chat (Slipway)', World::inside( 'return WP_Application_Passwords::get_user_application_passwords( get_user_by( "login", "anna" )->ID )[0]["name"];' ) );
} );
test( 'chat: links for connected people only, to the chat only', function () {
	$dash = person( 'anna' )->go( '/wp-admin/index.php' );
	says( 'toplevel_page_slipway-chat', $dash->body );
	holds( preg_match( '~<a[^>]*href=["\']' . preg_quote( World::$chat ) . '["\'][^>]*>~', $dash->body, $found ) && str_contains( $found[0], '_blank' ) && str_contains( $found[0], 'noopener' ), 'no toolbar link' );
	$open = person( 'anna' )->go( '/wp-admin/admin.php?page=slipway-chat' );
	same( array( 302, World::$chat ), array( $open->status, $open->location ) );
	same( 403, person( 'erik' )->go( '/wp-admin/admin.php?page=slipway-chat' )->status, 'somebody who is not connected' );
	portal( '/_set', array( 'chat_url' => 'javascript:alert(1)' ) );
	connect( 'erik' );
	same( '', record( 'erik' )['chat_url'], 'an address that is none' );
	holds( ! str_contains( person( 'erik' )->go( PAGE )->body, 'javascript:alert' ), 'a script address in the page' );
} );
test( 'connect P3: a state of somebody else, a made-up one and a used one are refused alike', function () {
	fresh();
	$anna = press( person( 'anna' ) );
	$back = $anna->go( $anna->location )->location;
	same( 302, $anna->status );
	$erik = person( 'erik' )->go( $back )->follow();
	says( 'has expired, was already used, or was started by somebody else', $erik->text() );
	same( array(), passwords( 'erik' ) );
	$made = person( 'anna' )->go( preg_replace( '/state=[^&]+/', 'state=' . str_repeat( 'a', 43 ), $back ) )->follow();
	says( 'has expired', $made->text() );
	says( 'no credential was left behind', $made->text() );
	$good = person( 'anna' )->go( $back )->follow();
	says( 'Connected. Ask', $good->text() );
	$uuid  = record( 'anna' )['uuid'];
	$again = person( 'anna' )->go( $back )->follow();
	says( 'the old credential still works', $again->text() );
	same( $uuid, record( 'anna' )['uuid'] );
	same( 1, count( calls( '/connect/v1/complete' ) ) );
	foreach ( array( 'state[]=x&iss[]=y&code[]=z', 'state=', 'state=../../x', 'code=abc' ) as $query ) {
		says( 'has expired', person( 'anna' )->go( "/wp-admin/admin-post.php?action=slipway_connect_callback&$query" )->follow()->text() );
	}
} );
test( 'connect P3: an answer of another issuer, or of none, is refused and uses nothing up', function () {
	fresh();
	foreach ( array( 'https://evil.example', World::$portal_url . '/', World::$portal_url . '.evil.example', 'none' ) as $iss ) {
		portal( '/_set', array( 'iss' => $iss ) );
		$page = connect( 'anna' );
		says( 'did not come from this site’s portal', $page->text() );
		same( array(), passwords( 'anna' ), $iss );
	}
	same( 0, count( calls( '/connect/v1/complete' ) ) );
} );
test( 'connect: a denial changes nothing', function () {
	fresh();
	portal( '/_set', array( 'deny' => 1 ) );
	says( 'was not approved in Slipway. Nothing was changed', connect( 'anna' )->text() );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
} );
test( 'connect P16: whatever fails at the portal, no password stays', function () {
	fresh();
	foreach ( array( '502', '422', '403' ) as $status ) {
		portal( '/_set', array( 'complete' => $status ) );
		$page = connect( 'anna' );
		says( 'OpenWebUI is not reachable. Nothing was changed, and no credential was left behind. Try again in a few minutes.', $page->text() );
		same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ), $status );
	}
	same( 1, count( calls( '/connect/v1/notices' ) ), 'only a lost answer is worth a notice' );
	$anna = press( person( 'anna' ) );
	$back = $anna->go( $anna->location )->location;
	World::portal( false );
	says( 'does not answer', person( 'anna' )->go( $back )->follow()->text() );
	World::portal( true );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
	portal( '/_reset', array() );
	$anna = press( person( 'anna' ) );
	$back = $anna->go( $anna->location )->location;
	portal( '/_set', array( 'html' => 200 ) );
	$page = person( 'anna' )->go( $back )->follow();
	says( 'Nothing was changed', $page->text() );
	holds( ! str_contains( $page->body, 'A proxy speaks' ), 'somebody else’s page is repeated' );
	same( array( array(), null ), array( passwords( 'anna' ), record( 'anna' ) ) );
} );
test( 'connect P13: only the portal’s own address is a way out, and only a button starts it', function () {
	fresh();
	foreach ( array( 'https://evil.example/connect/x', World::$portal_url . '.evil.example/', World::$portal_url . '@evil.example/', '//evil.example', '' ) as $url ) {
		portal( '/_set', array( 'authorize_url' => $url ) );
		same( World::$site_url . PAGE, press( person( 'anna' ) )->location, $url );
	}
	same( 403, person( 'anna' )->go( '/wp-admin/admin-post.php', array( 'action' => 'slipway_connect' ) )->status, 'without a nonce' );
	$nonce = person( 'anna' )->go( PAGE )->nonce( 'slipway_connect' );
	same( 403, person( 'anna' )->go( "/wp-admin/admin-post.php?action=slipway_connect&_wpnonce=$nonce" )->status, 'by a link' );
	same( 403, person( 'erik' )->go( '/wp-admin/admin-post.php', array( 'action' => 'slipway_connect', '_wpnonce' => $nonce ) )->status, 'with somebody else’s nonce' );
} );
test( 'connect: whose login ended on the way signs in again and lands where they were', function () {
	fresh();
	$anna = ( new Browser() )->login( 'anna', 'local anna 1' );
	press( $anna );
	$back = $anna->go( $anna->location )->location;
	$late = ( new Browser() )->go( $back );
	same( 302, $late->status );
	says( 'wp-login.php?redirect_to=', $late->location );
	$late->go( $late->location );
	$late->go( '/wp-login.php', array( 'log' => 'anna', 'pwd' => 'local anna 1', 'testcookie' => '1', 'redirect_to' => $back ) )->follow();
	says( 'Connected. Ask', $late->text() );
} );
test( 'connect P15: a double click and two tabs end in one password', function () {
	fresh();
	$anna  = person( 'anna' );
	$first = press( $anna )->location;
	$next  = press( $anna )->location;
	$backs = array( $anna->go( $first )->location, $anna->go( $next )->location );
	$many  = curl_multi_init();
	$tabs = array_map( static fn( $back ) => $anna->tab( $back ), $backs );
	array_map( static fn( $tab ) => curl_multi_add_handle( $many, $tab ), $tabs );
	do {
		curl_multi_exec( $many, $running );
		curl_multi_select( $many, 0.2 );
	} while ( $running );
	same( array( World::$env['SLIPWAY_APP_ID'] . ' ' . record( 'anna' )['uuid'] ), passwords( 'anna' ) );
	same( 2, count( calls( '/connect/v1/complete' ) ) );
} );
test( 'connect: the page says which check is in the way, and offers to check again', function () {
	fresh();
	portal( '/_set', array( 'unknown_site' => 1 ) );
	$page = person( 'anna' )->go( PAGE . '&check=1' );
	says( 'The portal does not know this site.', $page->text() );
	says( 'Check again', $page->text() );
	same( '', $page->nonce( 'slipway_connect' ) );
	portal( '/_set', array( 'unknown_site' => 0, 'skew' => -90 ) );
	$page = person( 'anna' )->go( PAGE . '&check=1' );
	says( 'clock is 2 minutes ahead', str_replace( 'mins', 'minutes', $page->text() ) );
	holds( '' !== $page->nonce( 'slipway_connect' ), 'a clock is no reason to refuse' );
	portal( '/_set', array( 'skew' => 0, 'slug' => 'other' ) );
	says( 'takes this site for another one', person( 'anna' )->go( PAGE . '&check=1' )->text() );
	World::portal( false );
	says( 'The Slipway portal does not answer.', person( 'anna' )->go( PAGE . '&check=1' )->text() );
	World::portal( true );
} );
test( 'connect: a dropped Authorization header is found, with the line that mends it', function () {
	fresh();
	$drop = World::$dir . '/site/wp-content/mu-plugins/000-drop.php';
	file_put_contents( $drop, '<?php unset( $_SERVER["HTTP_AUTHORIZATION"], $_SERVER["REDIRECT_HTTP_AUTHORIZATION"] );' );
	$page = person( 'anna' )->go( PAGE . '&check=1' );
	unlink( $drop );
	says( 'data-check="header" data-tone="bad"', $page->body );
	says( 'SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1', $page->text() );
	says( 'fastcgi_param HTTP_AUTHORIZATION $http_authorization;', $page->text() );
} );
test( 'connect: a site that cannot reach its own address is warned, not stopped', function () {
	$seen = World::inside( 'add_filter( "pre_http_request", fn() => new WP_Error( "x", "no route" ) ); $c = Slipway_Connect\\Preflight::own_rest(); return array( count( $c ), $c[0]["state"], Slipway_Connect\\Preflight::clear( $c ) );' );
	same( array( 1, 'warn', true ), $seen );
} );
