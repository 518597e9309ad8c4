<?php
/**
 * Sign-in by SSO: to the portal, and back with a code that names a person.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Two actions of wp-login.php. "Open WordPress" in the portal is a link to the first, so there is one flow and one defence.
 */
final class Sign_In {

	const START    = 'slipway';
	const CALLBACK = 'slipway_callback';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'init', array( __CLASS__, 'early' ), 0 );
		add_action( 'login_form_' . self::START, array( __CLASS__, 'start' ) );
		add_action( 'login_form_' . self::CALLBACK, array( __CLASS__, 'callback' ) );
	}

	/**
	 * Answers before a plugin that hides the login page takes it for a visitor's guess and shows "not found": the portal
	 * knows this address only, and behind it is no form.
	 */
	public static function early() {
		$action = $_GET['action'] ?? ''; // phpcs:ignore WordPress.Security -- Only compared.
		if ( 'wp-login.php' !== basename( (string) ( $_SERVER['SCRIPT_NAME'] ?? '' ) ) ) { // phpcs:ignore WordPress.Security -- As above.
			return;
		}
		if ( self::START === $action ) {
			self::start();
		} elseif ( self::CALLBACK === $action ) {
			self::callback();
		}
	}

	/**
	 * Address that starts a sign-in.
	 *
	 * @param string $to Path below /wp-admin/, or ''.
	 * @return string
	 */
	public static function url( $to = '' ) {
		// Not by site_url(), which plugins that hide the login page lead elsewhere.
		$url = set_url_scheme( untrailingslashit( (string) get_option( 'siteurl' ) ) . '/wp-login.php?action=' . self::START, 'login' );
		return '' === $to ? $url : add_query_arg( 'to', rawurlencode( $to ), $url );
	}

	/**
	 * Sends the browser to the portal, and ties the way back to this browser by a cookie of its own.
	 */
	public static function start() {
		if ( Config::moved() ) {
			self::fail( 'moved' );
		}
		$to       = self::inside( wp_unslash( $_GET['to'] ?? '' ) ); // phpcs:ignore WordPress.Security -- Starting changes nothing; inside() checks.
		$state    = One_Time::random();
		$verifier = One_Time::random();
		$browser  = One_Time::random();
		One_Time::put( 'signin', $state, array( 'verifier' => $verifier, 'browser' => hash( 'sha256', $browser ), 'to' => $to ) ); // phpcs:ignore WordPress.Arrays
		self::cookie( $state, $browser, time() + One_Time::SECONDS );
		if ( 0 === random_int( 0, 19 ) ) {
			// Anybody may start a sign-in and never come back; what they leave behind should not pile up.
			delete_expired_transients();
		}
		$query = array(
			'tenant'                => Config::get( 'SLIPWAY_TENANT' ),
			'state'                 => $state,
			'code_challenge'        => One_Time::challenge( $verifier ),
			'code_challenge_method' => 'S256',
		);
		if ( '' !== $to ) {
			$query['to'] = $to;
		}
		Redirect::outside( Config::portal_url() . '/connect/sign-in?' . http_build_query( $query, '', '&', PHP_QUERY_RFC3986 ) );
	}

	/**
	 * The browser came back from the portal.
	 */
	public static function callback() {
		// The nonce of this request is the state together with the cookie; is_token() checks shapes, the rest is only compared.
		// phpcs:disable WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput
		$state   = wp_unslash( $_GET['state'] ?? '' );
		$iss     = wp_unslash( $_GET['iss'] ?? '' );
		$code    = wp_unslash( $_GET['code'] ?? '' );
		$why     = wp_unslash( $_GET['message_code'] ?? '' );
		$error   = isset( $_GET['error'] );
		$name    = One_Time::is_token( $state ) ? self::cookie_name( $state ) : '';
		$browser = wp_unslash( $_COOKIE[ $name ] ?? '' );
		// phpcs:enable
		$started = One_Time::peek( 'signin', $state );
		if ( ! $started || ! is_string( $browser ) || ! hash_equals( $started['browser'], hash( 'sha256', $browser ) ) ) {
			self::fail( 'expired' );
		}
		if ( ! is_string( $iss ) || ! hash_equals( Config::portal_url(), $iss ) ) {
			self::fail( 'issuer' );
		}
		self::cookie( $state, '', 1 );
		if ( ! One_Time::take( 'signin', $state ) ) {
			self::fail( 'expired' );
		}
		if ( $error ) {
			self::fail( 'not_a_member' === $why ? 'not_a_member' : 'denied' );
		}
		if ( ! One_Time::is_token( $code ) ) {
			self::fail( 'expired' );
		}
		$answer = Portal_Client::post(
			'/connect/v1/sign-in',
			array(
				'code'          => $code,
				'code_verifier' => $started['verifier'],
			)
		);
		if ( ! $answer->ok() ) {
			self::fail( $answer->unknown() ? 'portal' : 'refused' );
		}
		$user = Person::from( $answer->body );
		if ( is_string( $user ) ) {
			self::fail( $user );
		}
		self::let_in( $user, $started['to'] );
	}

	/**
	 * Signs a person in.
	 *
	 * @param \WP_User $user Person.
	 * @param string   $to   Path below /wp-admin/, or ''.
	 */
	private static function let_in( $user, $to ) {
		wp_clear_auth_cookie();
		wp_set_current_user( $user->ID );
		wp_set_auth_cookie( $user->ID, false );
		do_action( 'wp_login', $user->user_login, $user ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress's own, for plugins that count sign-ins.
		wp_safe_redirect( admin_url( substr( $to, strlen( '/wp-admin/' ) ) ) );
		exit;
	}

	/**
	 * A path below /wp-admin/ of this site, or '' for anything else. It is put behind the site's own address later,
	 * so it cannot name another host; dots, backslashes and controls are refused so that it cannot leave /wp-admin/ either.
	 *
	 * @param mixed $to Path.
	 * @return string
	 */
	public static function inside( $to ) {
		if ( ! is_string( $to ) || strlen( $to ) > 512 || 1 !== preg_match( '~^/wp-admin/(?!/)[A-Za-z0-9_./?&=%\[\]:,+-]*\z~', $to ) ) {
			return '';
		}
		$path = rawurldecode( (string) strtok( $to, '?' ) );
		return 1 === preg_match( '~(?:^|/)\.{1,2}(?:/|\z)|//|\\\\|%~', $path ) ? '' : $to;
	}

	/**
	 * Shows the login page with a reason from a fixed list; nothing of the request is repeated.
	 *
	 * @param string $reason Reason.
	 */
	private static function fail( $reason ) {
		if ( 'wp-login.php' !== basename( (string) wp_parse_url( wp_login_url(), PHP_URL_PATH ) ) ) {
			// The login page is hidden: whoever fails here must not learn where it is.
			wp_die(
				esc_html( Sign_In_Form::reason_of( $reason ) ),
				esc_html__( 'Sign in with SSO', 'slipway-connect' ),
				array(
					'response'  => 403,
					'link_url'  => esc_url( self::url() ),
					'link_text' => esc_html__( 'Sign in with SSO', 'slipway-connect' ),
				)
			);
		}
		wp_safe_redirect( add_query_arg( 'slipway_error', $reason, wp_login_url() ) );
		exit;
	}

	/**
	 * Name of the cookie of one sign-in, so that two tabs do not end each other's.
	 *
	 * @param string $state State.
	 * @return string
	 */
	private static function cookie_name( $state ) {
		return 'slipway_signin_' . substr( hash( 'sha256', $state ), 0, 12 );
	}

	/**
	 * Sets or removes the cookie.
	 *
	 * @param string $state State.
	 * @param string $value Value.
	 * @param int    $until Unix time.
	 */
	private static function cookie( $state, $value, $until ) {
		setcookie(
			self::cookie_name( $state ),
			$value,
			array(
				'expires'  => $until,
				'path'     => (string) wp_parse_url( self::url(), PHP_URL_PATH ),
				'secure'   => is_ssl(),
				'httponly' => true,
				'samesite' => 'Lax',
			)
		);
	}
}
