<?php
/**
 * The Connect button: to the portal, and back with a code that buys the connection.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The two requests of a person's browser that make a connection.
 */
final class Connect_Flow {

	const START    = 'slipway_connect';
	const CALLBACK = 'slipway_connect_callback';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'admin_post_' . self::START, array( __CLASS__, 'start' ) );
		add_action( 'admin_post_' . self::CALLBACK, array( __CLASS__, 'callback' ) );
		// Whose login ended at the portal signs in again and lands in the callback; the state is bound to the person, not to the session.
		add_action( 'admin_post_nopriv_' . self::CALLBACK, 'auth_redirect' );
	}

	/**
	 * The person pressed Connect.
	 */
	public static function start() {
		check_admin_referer( self::START );
		if ( ! current_user_can( Settings_Page::CAPABILITY ) || 'POST' !== ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			wp_die( esc_html__( 'Your role on this site does not allow writing posts, so there is nothing to connect.', 'slipway-connect' ), '', 403 );
		}
		$user     = wp_get_current_user();
		$state    = One_Time::random();
		$verifier = One_Time::random();
		One_Time::put(
			'connect',
			$state,
			array(
				'user'     => $user->ID,
				'verifier' => $verifier,
			)
		);
		$answer = Portal_Client::post(
			'/connect/v1/intents',
			array(
				'wp_user_id'            => $user->ID,
				'wp_login'              => $user->user_login,
				'wp_email'              => $user->user_email,
				'wp_name'               => $user->display_name,
				'wp_subject'            => Person::subject_of( $user->ID ),
				'site_url'              => Config::actual_url(),
				'state'                 => $state,
				'code_challenge'        => One_Time::challenge( $verifier ),
				'code_challenge_method' => 'S256',
				'versions'              => array(
					'plugin'    => VERSION,
					'wordpress' => get_bloginfo( 'version' ),
					'php'       => PHP_VERSION,
				),
			)
		);
		$url    = is_string( $answer->body['authorize_url'] ?? null ) ? $answer->body['authorize_url'] : '';
		if ( ! $answer->ok() ) {
			One_Time::take( 'connect', $state );
			Flash::and_back( 'error', $answer->message(), self::safe( $user->ID ), $answer->next() );
		}
		if ( 0 !== strpos( $url, Config::portal_url() . '/' ) ) {
			One_Time::take( 'connect', $state );
			Flash::and_back( 'error', __( 'The portal named an address outside of itself, so your browser was not sent there.', 'slipway-connect' ), self::safe( $user->ID ), __( 'Tell the people who run Slipway.', 'slipway-connect' ) );
		}
		Redirect::outside( $url );
	}

	/**
	 * The browser came back from the portal.
	 */
	public static function callback() {
		// The nonce of this request is the state: random, single use, bound to the person who started.
		// phpcs:disable WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput -- See above; is_token() checks shapes, the rest is only compared.
		$state = wp_unslash( $_GET['state'] ?? '' );
		$iss   = wp_unslash( $_GET['iss'] ?? '' );
		$code  = wp_unslash( $_GET['code'] ?? '' );
		$error = isset( $_GET['error'] );
		// phpcs:enable
		$user = get_current_user_id();
		if ( ! current_user_can( Settings_Page::CAPABILITY ) ) {
			wp_die( esc_html__( 'Your role on this site does not allow writing posts, so there is nothing to connect.', 'slipway-connect' ), '', 403 );
		}
		$started = One_Time::peek( 'connect', $state );
		if ( ! $started || $user !== $started['user'] ) {
			self::expired( $user );
		}
		// Checked before it is used up: a stranger's link must not end what the person has begun.
		if ( ! is_string( $iss ) || ! hash_equals( Config::portal_url(), $iss ) ) {
			Flash::and_back( 'error', __( 'The answer did not come from this site’s portal, so it was not used.', 'slipway-connect' ), self::safe( $user ), __( 'Press Connect to start again.', 'slipway-connect' ) );
		}
		if ( ! One_Time::take( 'connect', $state ) ) {
			self::expired( $user );
		}
		if ( $error ) {
			Flash::and_back( 'info', __( 'The connection was not approved in Slipway.', 'slipway-connect' ), self::safe( $user ) );
		}
		if ( ! One_Time::is_token( $code ) ) {
			self::expired( $user );
		}
		$said = Lock::alone(
			$user,
			static function () use ( $user, $code, $started ) {
				return self::complete( wp_get_current_user(), $code, $started['verifier'] );
			}
		);
		if ( null === $said ) {
			$said = array( 'error', __( 'Another tab is connecting you right now.', 'slipway-connect' ), self::safe( $user ), __( 'Wait a moment, then look again.', 'slipway-connect' ) );
		}
		Flash::and_back( ...$said );
	}

	/**
	 * Makes the password and hands it over. The old one stays until the portal has said that the new one works.
	 *
	 * @param \WP_User $user     Person.
	 * @param string   $code     Code of the portal.
	 * @param string   $verifier Our proof that we started.
	 * @return array Type and sentences for the person.
	 */
	private static function complete( $user, $code, $verifier ) {
		$before = Connection::standing( $user->ID );
		$made   = Passwords::create( $user->ID );
		if ( ! $made ) {
			return array( 'error', __( 'WordPress could not make a credential for you.', 'slipway-connect' ), self::safe( $user->ID ), __( 'Try again. If it stays like this, tell the people who run Slipway.', 'slipway-connect' ) );
		}
		$answer = Portal_Client::post(
			'/connect/v1/complete',
			array(
				'code'          => $code,
				'code_verifier' => $verifier,
				'password'      => $made['password'],
				'password_uuid' => $made['uuid'],
				'wp_user_id'    => $user->ID,
				'wp_login'      => $user->user_login,
				'wp_subject'    => Person::subject_of( $user->ID ),
				'rest_url'      => rest_url(),
				'mcp_url'       => rest_url( 'wp/v2/wpmcp/streamable' ),
			)
		);
		$status = $answer->text( 'status' );
		if ( ! $answer->ok() || '' === $answer->text( 'pairing' ) || ! in_array( $status, array( 'connected', 'working' ), true ) ) {
			self::take_back( $user->ID, $made['uuid'], $answer );
			return array( 'error', $answer->message(), self::safe( $user->ID ), $answer->next() );
		}
		Connection::save( $user->ID, Connection::record( $made['uuid'], $answer, 'working' === $status ? $before : null ) );
		if ( 'working' === $status ) {
			// A renewal that was still running is overtaken by this one; only the connection that works is kept beside it.
			Passwords::remove_others( $user->ID, array_filter( array( $made['uuid'], $before['uuid'] ?? null ) ) );
			Outbox::look_again( $user->ID );
			return array( 'info', __( 'Slipway is setting up your connection. This page follows along.', 'slipway-connect' ) );
		}
		Passwords::remove_others( $user->ID, array( $made['uuid'] ) );
		return array( 'success', __( 'Connected. Ask in the chat for a draft, and it appears here under your name.', 'slipway-connect' ) );
	}

	/**
	 * Removes a password that did not become a connection.
	 *
	 * @param int    $user   User.
	 * @param string $uuid   Which.
	 * @param Answer $answer What the portal said.
	 */
	private static function take_back( $user, $uuid, $answer ) {
		Passwords::remove( $user, $uuid );
		if ( ! $answer->ok() && $answer->unknown() ) {
			// The portal may have taken it before its answer was lost.
			Portal_Client::tell(
				'/connect/v1/notices',
				array(
					'event'         => 'password_revoked',
					'password_uuid' => $uuid,
					'wp_user_id'    => $user,
				)
			);
		}
	}

	/**
	 * What is safe after a failure.
	 *
	 * @param int $user User.
	 * @return string
	 */
	public static function safe( $user ) {
		return Connection::standing( $user )
			? __( 'Nothing was changed, and the old credential still works.', 'slipway-connect' )
			: __( 'Nothing was changed, and no credential was left behind.', 'slipway-connect' );
	}

	/**
	 * One answer to every state that is not good, whatever the reason.
	 *
	 * @param int $user User.
	 */
	private static function expired( $user ) {
		Flash::and_back( 'warning', __( 'This way back from Slipway has expired, was already used, or was started by somebody else.', 'slipway-connect' ), self::safe( $user ), __( 'Press Connect to start again.', 'slipway-connect' ) );
	}
}
