<?php
/**
 * The login page: SSO above, the form of WordPress below, for emergencies.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The button and the reasons why a sign-in did not work.
 */
final class Sign_In_Form {

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'login_message', array( __CLASS__, 'button' ) );
		add_filter( 'wp_login_errors', array( __CLASS__, 'reason' ) );
		add_action( 'login_enqueue_scripts', array( __CLASS__, 'style' ) );
	}

	/**
	 * Puts the button above the form.
	 *
	 * @param string $message What stands there already.
	 * @return string
	 */
	public static function button( $message ) {
		// phpcs:disable WordPress.Security -- Reading which page this is; inside() checks the address.
		$action = $_REQUEST['action'] ?? 'login';
		$to     = wp_unslash( $_REQUEST['redirect_to'] ?? '' );
		// phpcs:enable
		if ( 'login' !== $action || isset( $_REQUEST['interim-login'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- As above.
			return $message;
		}
		$admin = admin_url();
		$path  = is_string( $to ) && 0 === strpos( $to, $admin ) ? Sign_In::inside( '/wp-admin/' . substr( $to, strlen( $admin ) ) ) : '';
		return $message . '<div class="slipway-sign-in"><a class="button button-primary button-large" href="' . esc_url( Sign_In::url( $path ) ) . '">'
			. esc_html__( 'Sign in with SSO', 'slipway-connect' ) . '</a><p>' . esc_html__( 'or with a local account', 'slipway-connect' ) . '</p></div>';
	}

	/**
	 * Adds the reason of a sign-in that did not work.
	 *
	 * @param \WP_Error $errors Errors of the page.
	 * @return \WP_Error
	 */
	public static function reason( $errors ) {
		$code    = $_GET['slipway_error'] ?? ''; // phpcs:ignore WordPress.Security -- Only compared with a fixed list.
		$reasons = self::reasons();
		if ( is_string( $code ) && isset( $reasons[ $code ] ) ) {
			$errors->add( 'slipway_' . $code, esc_html( $reasons[ $code ] ) );
		}
		return $errors;
	}

	/**
	 * One reason in words. Not escaped.
	 *
	 * @param string $code Reason.
	 * @return string
	 */
	public static function reason_of( $code ) {
		return self::reasons()[ $code ] ?? '';
	}

	/**
	 * Adds the style of the button.
	 */
	public static function style() {
		wp_enqueue_style( 'slipway-connect-login', plugins_url( 'assets/login.css', FILE ), array( 'login' ), VERSION );
	}

	/**
	 * All reasons: what failed, what is safe, what next.
	 *
	 * @return array
	 */
	private static function reasons() {
		return array(
			'expired'      => __( 'This sign-in has expired, was already used, or was started in another browser. Press “Sign in with SSO” to start again.', 'slipway-connect' ),
			'issuer'       => __( 'The answer did not come from this site’s portal, so it was not used. Press “Sign in with SSO” to start again.', 'slipway-connect' ),
			'denied'       => __( 'The sign-in was not approved. You are not signed in here.', 'slipway-connect' ),
			'not_a_member' => __( 'You do not belong to this site. Ask its administrator to add you in Slipway, then sign in again.', 'slipway-connect' ),
			'refused'      => __( 'The portal did not accept this sign-in. Press “Sign in with SSO” to start again.', 'slipway-connect' ),
			'portal'       => __( 'The Slipway portal did not answer as it should, so nobody was signed in. Try again in a minute.', 'slipway-connect' ),
			'email'        => __( 'Your e-mail address is not confirmed at the sign-in service. Confirm it there, then sign in again.', 'slipway-connect' ),
			'first'        => __( 'You have not been here yet. Press “Sign in with SSO” once; after that, this way in works too.', 'slipway-connect' ),
			'create'       => __( 'Your account on this site could not be made. Try again; if it stays like this, ask the site’s administrator.', 'slipway-connect' ),
			'moved'        => __( 'This site has another address than Slipway knows, so signing in by SSO is paused. The local form below works.', 'slipway-connect' ),
		);
	}
}
