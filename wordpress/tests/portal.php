<?php
/**
 * A stand-in for the portal, as far as a site can see it. It checks what it is sent and can be told to misbehave.
 *
 * Run by PHP's own server as a router script. Its memory is one JSON file; `/_set` switches faults, `/_state` shows everything.
 */

$file  = getenv( 'PORTAL_STATE' );
$lock  = fopen( $file . '.lock', 'c' );
flock( $lock, LOCK_EX );
$state = json_decode( (string) @file_get_contents( $file ), true ) ?: array();
$state += array( 'set' => array(), 'intents' => array(), 'codes' => array(), 'pairings' => array(), 'calls' => array(), 'secrets' => array() );

function keep() {
	global $state, $file;
	file_put_contents( $file, json_encode( $state ) );
}
function answer( $status, $body ) {
	keep();
	http_response_code( $status );
	header( 'Content-Type: application/json' );
	echo json_encode( $body );
	exit;
}
function refuse( $status, $code, $message = 'The portal said no.', $next = 'Ask the operator.' ) {
	answer( $status, compact( 'code', 'message', 'next' ) );
}
function go( $url, $query ) {
	keep();
	header( 'Location: ' . $url . ( str_contains( $url, '?' ) ? '&' : '?' ) . http_build_query( $query ), true, 302 );
	exit;
}
function token() {
	return rtrim( strtr( base64_encode( random_bytes( 32 ) ), '+/', '-_' ), '=' );
}
function s256( $verifier ) {
	return rtrim( strtr( base64_encode( hash( 'sha256', $verifier, true ) ), '+/', '-_' ), '=' );
}

$path   = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
$raw    = file_get_contents( 'php://input' );
$in     = json_decode( $raw, true ) ?: array();
$set    = $state['set'];
$self   = getenv( 'SLIPWAY_PORTAL_URL' );
$site   = getenv( 'SLIPWAY_SITE_URL' );
$secret = getenv( 'SLIPWAY_SITE_SECRET' );

if ( '/_set' === $path ) {
	$state['set'] = $in + $state['set'];
	answer( 200, $state['set'] );
}
if ( '/_reset' === $path ) {
	$state = array( 'secrets' => $state['secrets'] ) + array( 'set' => array(), 'intents' => array(), 'codes' => array(), 'pairings' => array(), 'calls' => array() );
	answer( 200, array() );
}
if ( '/_state' === $path ) {
	answer( 200, $state );
}

// What a browser sees: approval or denial is a matter of a switch here.
if ( preg_match( '~^/connect/(in-[a-z0-9]+)$~', $path, $found ) ) {
	$intent = $state['intents'][ $found[1] ];
	$back   = $site . '/wp-admin/admin-post.php?action=slipway_connect_callback';
	if ( ! empty( $set['deny'] ) ) {
		go( $back, array( 'error' => 'access_denied', 'state' => $intent['state'], 'iss' => $set['iss'] ?? $self ) );
	}
	$code                    = token();
	$state['codes'][ $code ] = array( 'challenge' => $intent['code_challenge'], 'user' => $intent['wp_user_id'] );
	go( $back, array( 'code' => $code, 'state' => $intent['state'] ) + ( 'none' === ( $set['iss'] ?? '' ) ? array() : array( 'iss' => $set['iss'] ?? $self ) ) );
}
if ( '/connect/sign-in' === $path ) {
	$state['calls'][] = array( 'path' => $path, 'query' => $_GET );
	$back             = $site . '/wp-login.php?action=slipway_callback';
	if ( ! empty( $set['deny'] ) ) {
		go( $back, array( 'error' => 'access_denied', 'message_code' => $set['deny'], 'state' => $_GET['state'], 'iss' => $self ) );
	}
	$code                    = token();
	$state['codes'][ $code ] = array( 'challenge' => $_GET['code_challenge'] );
	go( $back, array( 'code' => $code, 'state' => $_GET['state'], 'iss' => $set['iss'] ?? $self ) );
}

// From here on, server to server.
if ( ( $_SERVER['HTTP_AUTHORIZATION'] ?? '' ) !== 'Bearer ' . $secret || ! empty( $set['unknown_site'] ) ) {
	refuse( 401, 'site_unknown', 'The portal does not know this site.', 'Ask an operator to look at the tenant.' );
}
$shown = $in;
if ( isset( $shown['password'] ) ) {
	$state['secrets'][] = $shown['password'];
	$state['password']  = $shown['password'];
	$shown['password']  = '(kept)';
}
if ( isset( $shown['code_verifier'] ) ) {
	$state['secrets'][] = $shown['code_verifier'];
}
$state['calls'][] = array( 'path' => $path, 'body' => $shown, 'bytes' => strlen( $raw ) );
if ( ! empty( $set['html'] ) ) {
	keep();
	http_response_code( (int) $set['html'] );
	exit( '<html>A proxy speaks</html>' );
}

if ( '/connect/v1/status' === $path ) {
	answer( 200, array( 'tenant' => array( 'slug' => $set['slug'] ?? getenv( 'SLIPWAY_TENANT' ), 'name' => 'Acme' ), 'issuer' => $self, 'time' => time() + ( $set['skew'] ?? 0 ), 'chat_name' => 'OpenWebUI' ) );
}
if ( '/connect/v1/intents' === $path ) {
	if ( $in['site_url'] !== $site ) {
		refuse( 409, 'site_moved', 'The site has another address.', 'Confirm the new address.' );
	}
	foreach ( array( 'wp_user_id' => 'is_int', 'wp_login' => 'is_string', 'wp_email' => 'is_string', 'wp_name' => 'is_string', 'versions' => 'is_array' ) as $field => $is ) {
		if ( ! $is( $in[ $field ] ?? null ) ) {
			refuse( 422, 'invalid', "$field is wrong." );
		}
	}
	if ( 'S256' !== $in['code_challenge_method'] || 43 !== strlen( $in['code_challenge'] ) || strlen( $in['state'] ) < 22 ) {
		refuse( 422, 'invalid' );
	}
	$id                      = 'in-' . bin2hex( random_bytes( 8 ) );
	$state['intents'][ $id ] = $in;
	answer( 201, array( 'authorize_url' => $set['authorize_url'] ?? "$self/connect/$id", 'expires_in' => 300 ) );
}
if ( '/connect/v1/complete' === $path || '/connect/v1/sign-in' === $path ) {
	$code = $state['codes'][ $in['code'] ] ?? null;
	unset( $state['codes'][ $in['code'] ] );
	if ( ! $code || s256( $in['code_verifier'] ) !== $code['challenge'] ) {
		refuse( 400, 'code_invalid', 'The code is not valid.', 'Press Connect again.' );
	}
	if ( '/connect/v1/sign-in' === $path ) {
		! empty( $set['sign_in_fails'] ) && refuse( 502, 'broken' );
		answer( 200, ( $set['who'] ?? array() ) + array( 'subject' => 'sub-1', 'email' => 'new.person@example.org', 'email_verified' => true, 'name' => 'New Person', 'role' => 'author' ) );
	}
	// The real portal uses the credential before it says yes. The lock is let go so that the site's own calls get through.
	keep();
	flock( $lock, LOCK_UN );
	$curl = curl_init( $in['rest_url'] . 'wp/v2/users/me/application-passwords/introspect' );
	curl_setopt_array( $curl, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_USERPWD => $in['wp_login'] . ':' . $in['password'], CURLOPT_TIMEOUT => 8 ) );
	$seen = json_decode( curl_exec( $curl ), true );
	flock( $lock, LOCK_EX );
	$state = json_decode( file_get_contents( $file ), true );
	if ( ( $seen['uuid'] ?? '' ) !== $in['password_uuid'] || $in['wp_user_id'] !== $code['user'] ) {
		refuse( 422, 'credential_refused', 'The site refused the new credential.' );
	}
	if ( isset( $set['complete'] ) && ! in_array( $set['complete'], array( 'working', 'connected' ), true ) ) {
		refuse( (int) $set['complete'], 'chat_unreachable', 'OpenWebUI is not reachable.', 'Try again in a few minutes.' );
	}
	$pairing = sprintf( '%08x-0000-4000-8000-%012x', random_int( 0, 0xffffffff ), count( $state['pairings'] ) );
	$chat    = $set['chat_url'] ?? getenv( 'PORTAL_CHAT' );
	$state['pairings'][ $pairing ] = array( 'status' => $set['complete'] ?? 'connected', 'chat_url' => $chat, 'uuid' => $in['password_uuid'], 'proof' => array( 'at' => time(), 'latency_ms' => 84 ) );
	if ( 'working' === ( $set['complete'] ?? '' ) ) {
		answer( 202, array( 'status' => 'working', 'pairing' => $pairing, 'status_url' => "$self/connect/v1/pairings/$pairing" ) );
	}
	answer( 200, array( 'status' => 'connected', 'pairing' => $pairing, 'chat_url' => $chat, 'proof' => array( 'at' => time(), 'latency_ms' => 84 ) ) );
}
if ( preg_match( '~^/connect/v1/pairings/([0-9a-f-]+)$~', $path, $found ) ) {
	$pairing = $state['pairings'][ $found[1] ] ?? array( 'status' => 'gone' );
	// The switch is for the newest pairing; older ones are as they were.
	answer( 200, ( array_key_last( $state['pairings'] ) === $found[1] ? $set['pairing'] ?? array() : array() ) + $pairing );
}
if ( '/connect/v1/disconnect' === $path ) {
	unset( $state['pairings'][ $in['pairing'] ] );
	answer( 200, array( 'status' => 'gone' ) );
}
if ( '/connect/v1/notices' === $path ) {
	keep();
	http_response_code( 204 );
	exit;
}
refuse( 404, 'unknown' );
