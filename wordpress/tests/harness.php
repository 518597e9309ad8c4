<?php
/**
 * A browser, a list of tests, and three ways to be disappointed.
 */

final class Browser {

	/** Everything that any browser saw, for the search for secrets: addresses, headers, pages. */
	public static $seen = '';
	public $status, $headers, $body, $location, $json;
	private $curl;

	public function __construct() {
		$this->curl = curl_init();
		curl_setopt( $this->curl, CURLOPT_COOKIEFILE, '' );
	}

	public function go( $url, $post = null, $headers = array(), $method = null ) {
		$url   = str_starts_with( $url, '/' ) ? World::$site_url . $url : $url;
		$heads = '';
		curl_setopt_array(
			$this->curl,
			array(
				CURLOPT_URL            => $url,
				CURLOPT_CUSTOMREQUEST  => $method ?? ( null === $post ? 'GET' : 'POST' ),
				CURLOPT_POSTFIELDS     => is_array( $post ) ? http_build_query( $post ) : (string) $post,
				CURLOPT_HTTPHEADER     => $headers,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_TIMEOUT        => 60,
				CURLOPT_HEADERFUNCTION => static function ( $curl, $line ) use ( &$heads ) {
					$heads .= $line;
					return strlen( $line );
				},
			)
		);
		if ( null === $post ) {
			curl_setopt( $this->curl, CURLOPT_HTTPGET, true );
			curl_setopt( $this->curl, CURLOPT_CUSTOMREQUEST, $method ?? 'GET' );
		}
		$this->body     = (string) curl_exec( $this->curl );
		$this->status   = curl_getinfo( $this->curl, CURLINFO_RESPONSE_CODE );
		$this->headers  = $heads;
		$this->location = preg_match( '/^Location: (.*)\r$/mi', $heads, $found ) ? $found[1] : '';
		self::$seen    .= "$url\n$heads\n{$this->body}\n";
		return $this;
	}

	/** Follows redirects until a page comes. */
	public function follow() {
		for ( $hop = 0; $hop < 12 && $this->location; $hop++ ) {
			$this->go( $this->location );
		}
		return $this;
	}

	public function login( $login, $password ) {
		return $this->go( '/wp-login.php' )->go( '/wp-login.php', array( 'log' => $login, 'pwd' => $password, 'testcookie' => '1' ) );
	}

	/** A second tab of the same browser, not opened yet. */
	public function tab( $url ) {
		$tab = curl_init( $url );
		foreach ( curl_getinfo( $this->curl, CURLINFO_COOKIELIST ) as $cookie ) {
			curl_setopt( $tab, CURLOPT_COOKIELIST, $cookie );
		}
		curl_setopt( $tab, CURLOPT_RETURNTRANSFER, true );
		return $tab;
	}

	/** The page as a reader sees it. */
	public function text() {
		return html_entity_decode( preg_replace( '/\s+/', ' ', strip_tags( preg_replace( '~<(script|style).*?</\1>~s', '', $this->body ) ) ), ENT_QUOTES );
	}

	public function nonce( $action ) {
		$pattern = '~name="action" value="' . $action . '">\s*<input type="hidden"[^>]*name="_wpnonce" value="([^"]+)"~';
		return preg_match( $pattern, $this->body, $found ) ? $found[1] : '';
	}
}

final class Tests {
	public static $list = array();
}

function test( $name, $body ) {
	Tests::$list[] = array( $name, $body );
}
function same( $want, $got, $what = '' ) {
	if ( $want !== $got ) {
		throw new RuntimeException( trim( "$what: wanted " . json_encode( $want ) . ', got ' . json_encode( $got ), ': ' ) );
	}
}
function holds( $true, $what ) {
	if ( ! $true ) {
		throw new RuntimeException( $what );
	}
}
function says( $part, $text ) {
	if ( ! str_contains( $text, $part ) ) {
		throw new RuntimeException( "“{$part}” is not in: " . mb_substr( $text, 0, 1500 ) );
	}
}

/** Speaks with the stand-in portal about itself. */
function portal( $path, $body = null ) {
	$curl = curl_init( World::$portal_url . $path );
	curl_setopt_array( $curl, array( CURLOPT_RETURNTRANSFER => true ) + ( null === $body ? array() : array( CURLOPT_POSTFIELDS => json_encode( $body ) ) ) );
	return json_decode( curl_exec( $curl ), true );
}
/** Calls that the portal got on a path. */
function calls( $path ) {
	return array_values( array_filter( portal( '/_state' )['calls'], static fn( $call ) => $call['path'] === $path ) );
}

const PEOPLE = array( 'anna' => 'author', 'erik' => 'editor', 'carl' => 'contributor', 'adam' => 'administrator', 'sue' => 'subscriber' );

/** A browser in which somebody is signed in by the local form. */
function person( $login ) {
	static $known = array();
	if ( ! isset( $known[ $login ] ) ) {
		$known[ $login ] = ( new Browser() )->login( $login, 'keeper' === $login ? World::$env['SLIPWAY_ADMIN_PASSWORD'] : "local $login 1" );
		same( 302, $known[ $login ]->status, "login of $login" );
	}
	return $known[ $login ];
}
const PAGE = '/wp-admin/admin.php?page=slipway-connect';

/** Presses Connect; stops at the portal's door. */
function press( $who, $action = 'slipway_connect' ) {
	$who->go( PAGE );
	$nonce = $who->nonce( $action );
	holds( '' !== $nonce, "no button for $action on: " . $who->text() );
	return $who->go( '/wp-admin/admin-post.php', array( 'action' => $action, '_wpnonce' => $nonce ) );
}
/** Connects somebody; ends on the settings page. */
function connect( $login ) {
	return press( person( $login ) )->follow();
}
function passwords( $login ) {
	return World::inside( 'return array_values( array_map( fn( $i ) => $i["app_id"] . " " . $i["uuid"], WP_Application_Passwords::get_user_application_passwords( get_user_by( "login", ' . var_export( $login, true ) . ' )->ID ) ) );' );
}
function record( $login ) {
	return World::inside( 'return get_user_meta( get_user_by( "login", ' . var_export( $login, true ) . ' )->ID, "slipway_connect", true ) ?: null;' );
}
/** Nobody is connected and the portal behaves. */
function fresh() {
	portal( '/_reset', array() );
	World::inside(
		'delete_metadata( "user", 0, "slipway_connect", "", true ); delete_metadata( "user", 0, "_application_passwords", "", true ); delete_option( "slipway_connect_outbox" );
		global $wpdb; $wpdb->query( "DELETE FROM $wpdb->options WHERE option_name LIKE \'%transient%slipway%\'" ); return 1;'
	);
}
/** An application password, ours or somebody else's. */
function credential( $login, $app = null ) {
	return World::inside( '$m = WP_Application_Passwords::create_new_application_password( get_user_by( "login", ' . var_export( $login, true ) . ' )->ID, array( "name" => "t " . wp_generate_uuid4(), "app_id" => ' . var_export( $app ?? World::$env['SLIPWAY_APP_ID'], true ) . ' ) ); return array( ' . var_export( $login, true ) . ', $m[0], $m[1]["uuid"] );' );
}
/** A call of the gateway. */
function call( $credential, $method, $path, $body = null, $headers = array() ) {
	$browser = new Browser();
	$browser->go( str_starts_with( $path, '/wp-json' ) || str_starts_with( $path, '/?' ) || str_starts_with( $path, '/xml' ) ? $path : "/wp-json$path", null === $body ? ( 'GET' === $method ? null : '' ) : ( is_array( $body ) ? json_encode( $body ) : $body ), array_merge( array( 'Authorization: Basic ' . base64_encode( "$credential[0]:$credential[1]" ) ), preg_grep( '/^Content-Type/', $headers ) ? array() : array( 'Content-Type: application/json' ), $headers ), $method );
	$browser->json = json_decode( $browser->body, true );
	return $browser;
}
