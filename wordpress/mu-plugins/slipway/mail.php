<?php
/**
 * Letters of the site ("Lost your password?") go by the mail server that the portal names. Its settings are in the
 * environment and are read when a letter is sent, so no page, no option and no constant holds the password.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

/**
 * A setting of the mail server.
 *
 * @param string $name Name, without its beginning.
 * @return string
 */
function slipway_guard_mail_setting( $name ) {
	return Slipway_Guard\Oidc_Settings::env( 'SLIPWAY_SMTP_' . $name );
}

/**
 * Leads a letter to the mail server. Without one WordPress goes its own way, which in the image is none.
 *
 * @param PHPMailer\PHPMailer\PHPMailer $mailer The letter.
 */
function slipway_guard_mail( $mailer ) {
	// phpcs:disable WordPress.NamingConventions.ValidVariableName -- PHPMailer's names.
	$mailer->isSMTP();
	$mailer->Host        = slipway_guard_mail_setting( 'HOST' );
	$mailer->Port        = (int) slipway_guard_mail_setting( 'PORT' );
	$mailer->SMTPSecure  = array( 'starttls' => 'tls', 'tls' => 'ssl' )[ slipway_guard_mail_setting( 'SECURITY' ) ] ?? ''; // phpcs:ignore WordPress.Arrays -- A short table.
	$mailer->SMTPAutoTLS = false;
	$mailer->SMTPAuth    = '' !== slipway_guard_mail_setting( 'USER' );
	$mailer->Username    = slipway_guard_mail_setting( 'USER' );
	$mailer->Password    = slipway_guard_mail_setting( 'PASSWORD' );
	$mailer->SMTPDebug   = 0;
	// Somebody waits for the page.
	$mailer->Timeout = 10;
	// phpcs:enable
}

/**
 * The sender that the mail server lets pass.
 *
 * @param string $from What WordPress would write.
 * @return string
 */
function slipway_guard_mail_from( $from ) {
	$given = slipway_guard_mail_setting( 'FROM' );
	return '' === $given ? $from : $given;
}

/**
 * The sender's name: the site's, rather than "WordPress".
 *
 * @param string $name What WordPress would write.
 * @return string
 */
function slipway_guard_mail_name( $name ) {
	return 'WordPress' === $name ? wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES ) : $name;
}

if ( '' !== slipway_guard_mail_setting( 'HOST' ) ) {
	add_action( 'phpmailer_init', 'slipway_guard_mail', PHP_INT_MAX );
	add_filter( 'wp_mail_from', 'slipway_guard_mail_from', PHP_INT_MAX );
	add_filter( 'wp_mail_from_name', 'slipway_guard_mail_name' );
}
