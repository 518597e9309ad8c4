<?php

function bearer( $secret = null ) {
	return array( 'Authorization: Bearer ' . ( $secret ?? World::$env['SLIPWAY_SITE_SECRET'] ) );
}

test( 'status: the portal sees how the site is', function () {
	$seen = ( new Browser() )->go( '/wp-json/slipway/v1/status', null, bearer() );
	same( 200, $seen->status, $seen->body );
	$body = json_decode( $seen->body, true );
	same( array( 'tenant', 'tenant_id', 'site_url', 'home_url', 'rest_url', 'people', 'local', 'application_passwords', 'plugin', 'wordpress', 'php', 'time' ), array_keys( $body ) );
	same( array( 'acme', World::$env['SLIPWAY_TENANT_ID'], World::$site_url, World::$site_url, World::$site_url . '/wp-json/', true, '1.0.0', PHP_VERSION ), array( $body['tenant'], $body['tenant_id'], $body['site_url'], $body['home_url'], $body['rest_url'], $body['application_passwords'], $body['plugin'], $body['php'] ) );
	holds( abs( time() - $body['time'] ) <= 2, 'the time is wrong' );
	same( 200, ( new Browser() )->go( '/?rest_route=/slipway/v1/status', null, bearer() )->status, 'the form without pretty addresses' );
} );
test( 'status: every wrong secret gets the same 401', function () {
	$answers = array();
	$secret  = World::$env['SLIPWAY_SITE_SECRET'];
	foreach ( array( array(), bearer( '' ), bearer( 'x' ), bearer( $secret . 'x' ), bearer( substr( $secret, 1 ) ), array( "Authorization: bearer $secret" ), array( "Authorization: Basic $secret" ), array( "X-Authorization: Bearer $secret" ) ) as $headers ) {
		$seen      = ( new Browser() )->go( '/wp-json/slipway/v1/status', null, $headers );
		$answers[] = $seen->status . $seen->body;
	}
	// Also before the body is looked at, and for people who may do everything else.
	$seen      = ( new Browser() )->go( '/wp-json/slipway/v1/settings', '{"title":7}', array( 'Content-Type: application/json' ) );
	$answers[] = $seen->status . $seen->body;
	$seen      = call( credential( 'adam', '11111111-1111-4111-8111-111111111111' ), 'GET', '/slipway/v1/status' );
	$answers[] = $seen->status . $seen->body;
	same( 1, count( array_unique( $answers ) ), implode( "\n", array_unique( $answers ) ) );
	says( '401{"code":"slipway_unauthorized"', $answers[0] );
} );
test( 'settings: the title follows the portal, as often as it likes', function () {
	foreach ( array( 1, 2 ) as $time ) {
		$seen = ( new Browser() )->go( '/wp-json/slipway/v1/settings', json_encode( array( 'title' => ' Fish & "Chips" <b>9\'s</b> ' ) ), array_merge( bearer(), array( 'Content-Type: application/json' ) ) );
		same( 200, $seen->status, $seen->body );
	}
	same( 'acme', json_decode( $seen->body, true )['tenant'] );
	same( 'Fish & "Chips" 9\'s', World::inside( 'return html_entity_decode( get_option( "blogname" ), ENT_QUOTES );' ) );
	same( 422, ( new Browser() )->go( '/wp-json/slipway/v1/settings', '{"title":["a"]}', array_merge( bearer(), array( 'Content-Type: application/json' ) ) )->status );
	same( 422, ( new Browser() )->go( '/wp-json/slipway/v1/settings', '{}', array_merge( bearer(), array( 'Content-Type: application/json' ) ) )->status );
} );
