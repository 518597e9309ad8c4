<?php
/**
 * What somebody who comes by SSO does not change here, and why they are told so.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Address and password of such an account belong to the sign-in service. An address that could be written here would be
 * another person's in no time, and a password would open the account after its person left.
 */
final class Sso_Account {

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'wp_authenticate_user', array( __CLASS__, 'sign_in' ), PHP_INT_MAX );
		add_filter( 'allow_password_reset', array( __CLASS__, 'letter' ), PHP_INT_MAX, 2 );
		add_filter( 'show_password_fields', array( __CLASS__, 'fields' ), PHP_INT_MAX, 2 );
		add_action( 'personal_options', array( __CLASS__, 'explain' ) );
		add_action( 'personal_options_update', array( __CLASS__, 'no_confirmation' ), 1 );
		add_action( 'user_profile_update_errors', array( __CLASS__, 'profile' ), 10, 3 );
		add_filter( 'rest_request_before_callbacks', array( __CLASS__, 'rest' ), 10, 3 );
	}

	/**
	 * Refuses a password at the local form.
	 *
	 * @param \WP_User|\WP_Error $user Who signs in.
	 * @return \WP_User|\WP_Error
	 */
	public static function sign_in( $user ) {
		return $user instanceof \WP_User && Person::is( $user->ID ) ? new \WP_Error( 'slipway_by_sso', esc_html( self::no_password() ) ) : $user;
	}

	/**
	 * Sends no letter that sets a password, neither to them nor for an account that was ended.
	 *
	 * @param bool|\WP_Error $allow What others said.
	 * @param int            $id    User.
	 * @return bool|\WP_Error
	 */
	public static function letter( $allow, $id ) {
		if ( Person::is( $id ) ) {
			return new \WP_Error( 'slipway_by_sso', esc_html( self::no_password() ) );
		}
		$user = get_userdata( $id );
		return $user && $user->caps ? $allow : false;
	}

	/**
	 * Shows no fields for a password.
	 *
	 * @param bool     $show What others said.
	 * @param \WP_User $user Whose profile it is.
	 * @return bool
	 */
	public static function fields( $show, $user ) {
		return $show && ! Person::is( $user->ID );
	}

	/**
	 * Says in the profile where name and address come from.
	 *
	 * @param \WP_User $user Whose profile it is.
	 */
	public static function explain( $user ) {
		if ( Person::is( $user->ID ) ) {
			echo '<tr><th scope="row">' . esc_html__( 'Single sign-on', 'slipway-connect' ) . '</th><td>' . esc_html( self::elsewhere() ) . '</td></tr>';
		}
	}

	/**
	 * Lets WordPress not begin a change by asking the new address for a confirmation.
	 *
	 * @param int $id User.
	 */
	public static function no_confirmation( $id ) {
		if ( Person::is( $id ) ) {
			remove_action( 'personal_options_update', 'send_confirmation_on_profile_email' );
		}
	}

	/**
	 * Refuses another address or name in a profile.
	 *
	 * @param \WP_Error $errors To be filled.
	 * @param bool      $update Whether the user is there.
	 * @param \stdClass $user   What is about to be saved.
	 */
	public static function profile( $errors, $update, $user ) {
		if ( $update && isset( $user->user_email ) && Person::is( $user->ID ) && ! self::has( $user->ID, $user->user_email ) ) {
			$errors->add( 'slipway_by_sso', esc_html( self::elsewhere() ), array( 'form-field' => 'email' ) );
		}
		if ( $update && isset( $user->display_name ) && Person::is( $user->ID ) && ! self::is_called( $user->ID, $user->display_name ) ) {
			$errors->add( 'slipway_by_sso', esc_html( self::elsewhere() ), array( 'form-field' => 'display_name' ) );
		}
	}

	/**
	 * Refuses another address, name or a password by REST, to those who might change that account otherwise.
	 *
	 * @param mixed            $response Answer so far.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function rest( $response, $handler, $request ) {
		if ( is_wp_error( $response ) || 'GET' === $request->get_method() || 1 !== preg_match( '~^/wp/v2/users/(me|\d+)\z~i', $request->get_route(), $found ) ) {
			return $response;
		}
		$id      = ctype_digit( $found[1] ) ? (int) $found[1] : get_current_user_id();
		$changes = isset( $request['password'] ) || ( isset( $request['email'] ) && ! self::has( $id, $request['email'] ) ) || ( isset( $request['name'] ) && ! self::is_called( $id, $request['name'] ) );
		if ( $changes && Person::is( $id ) && current_user_can( 'edit_user', $id ) ) {
			return new \WP_Error( 'slipway_by_sso', self::elsewhere(), array( 'status' => 403 ) );
		}
		return $response;
	}

	/**
	 * Whether this is their address already.
	 *
	 * @param int   $id    User.
	 * @param mixed $email Address.
	 * @return bool
	 */
	private static function has( $id, $email ) {
		$user = get_userdata( $id );
		return $user && is_string( $email ) && ( $email === $user->user_email || ( '' !== Address::canonical( $email ) && Address::canonical( $email ) === Address::canonical( $user->user_email ) ) );
	}

	/**
	 * Whether this is their name already.
	 *
	 * @param int   $id   User.
	 * @param mixed $name Name.
	 * @return bool
	 */
	private static function is_called( $id, $name ) {
		$user = get_userdata( $id );
		return $user && is_string( $name ) && wp_unslash( $name ) === $user->display_name;
	}

	/**
	 * Why nothing is changed here.
	 *
	 * @return string
	 */
	private static function elsewhere() {
		return __( 'Name, e-mail address and password of this account come from the sign-in service. Change them there; this site follows at the next sign-in.', 'slipway-connect' );
	}

	/**
	 * Why no password helps.
	 *
	 * @return string
	 */
	private static function no_password() {
		return __( 'This account comes in by SSO and has no password here. Press “Sign in with SSO”.', 'slipway-connect' );
	}
}
